"""Files to send: good ones, and the bad ones that people and attackers send."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import ExifTags, Image

CANARY = b"CANARY-7f3a"


class Sent:
    """An upload as the airlock sees it, which notes how much of it was read."""

    def __init__(self, content: bytes, name: str = "photo.jpg", size: int | None = None) -> None:
        self.content, self.name = content, name
        self.size = len(content) if size is None else size
        self.read = 0

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), 65536):
            self.read += len(self.content[start : start + 65536])
            yield self.content[start : start + 65536]


def photo(width: int = 800, height: int = 600, form: str = "JPEG", **options: object) -> bytes:
    """A picture whose left half is red and right half is blue, so that turning it can be seen."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (width // 2, 0, width, height))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def phone_photo(orientation: int = 1) -> bytes:
    """A JPEG with position, camera, owner, thumbnail text, comment and XMP, all carrying the canary."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = CANARY.decode()
    exif[ExifTags.Base.Artist] = CANARY.decode()
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    position[ExifTags.GPS.GPSLatitudeRef] = "N"
    position[ExifTags.GPS.GPSLatitude] = (39.0, 50.0, 12.34)
    position[ExifTags.GPS.GPSLongitudeRef] = "E"
    position[ExifTags.GPS.GPSLongitude] = (116.0, 12.0, 56.78)
    return photo(exif=exif, comment=CANARY, xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>") + b"trailing " + CANARY


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


def workbook(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_bin", ".bin"), content)
    return out.getvalue()


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\n" + body + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def png_bomb(side: int = 50_000) -> bytes:
    """A few hundred kilobytes that say they are 50,000 x 50,000 pixels, and would unpack to that."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif_bomb(frames: int = 40) -> bytes:
    """Many large frames that cost almost nothing to send."""
    pictures = [Image.new("P", (2000, 2000), number % 2) for number in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=10)
    return out.getvalue()


def text_bomb() -> bytes:
    """A PNG with a compressed text chunk of 200 MB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    text = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    plain = photo(8, 8, "PNG")
    return plain[:33] + chunk(b"zTXt", b"k\0\0" + text) + plain[33:]
