"""What may come in: kinds and sizes. Pure functions and values; nothing here opens a file."""

from dataclasses import dataclass
from pathlib import PurePosixPath

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, sides in pixels. Policy may set its own; these are the defaults."""

    file_bytes: int = 15 * MEGABYTE
    request_bytes: int = 60 * MEGABYTE
    pixels: int = 50_000_000
    longest_side: int = 2560
    thumbnail_side: int = 320
    unpacked_bytes: int = 100 * MEGABYTE
    members: int = 2000


@dataclass(frozen=True)
class Kind:
    """One kind of content. family: image or document; suffix: how it is named afterwards."""

    family: str
    media_type: str
    suffix: str


JPEG = Kind("image", "image/jpeg", ".jpg")
KINDS: dict[str, Kind] = {
    "jpeg": JPEG,
    "png": Kind("image", "image/png", ".png"),
    "webp": Kind("image", "image/webp", ".webp"),
    "gif": Kind("image", "image/gif", ".gif"),
    "avif": Kind("image", "image/avif", ".avif"),
    "pdf": Kind("document", "application/pdf", ".pdf"),
    "docx": Kind("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xlsx": Kind("document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}
_IMAGE_SUFFIXES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".avif"}
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class NotAdmitted(Exception):
    """The file is refused; the message says why in the sender's words."""


def kind_of(head: bytes, name: str) -> str:
    """The kind by its first bytes (at least 16 of them), checked against the extension of the name.

    Photos are often saved under another image's extension, and are made anew anyway: among images any extension is
    taken, and none. A document must carry its own. Raises NotAdmitted.
    """
    suffix = PurePosixPath(name).suffix.lower()
    found = _sniff(head, suffix)
    if found is None:
        if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
            raise NotAdmitted("暂不支持 HEIC 照片。请在手机相机设置里选“兼容性最佳”，或先转成 JPG 再上传。")
        raise NotAdmitted("只能上传照片（JPG、PNG、WebP、GIF）或文档（PDF、DOCX、XLSX）。")
    family = KINDS[found].family
    fits = not suffix or suffix in _IMAGE_SUFFIXES if family == "image" else suffix == KINDS[found].suffix
    if not fits:
        raise NotAdmitted(f"文件内容与扩展名“{suffix[:12]}”不符，请核对后再上传。")
    return found


def _sniff(head: bytes, suffix: str) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "avif"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04") and suffix in (".docx", ".xlsx"):
        return suffix[1:]
    return None


def check_size(size: int | None, limits: Limits) -> None:
    """Refuse by the declared size, before a byte is read."""
    if not size:
        raise NotAdmitted("文件是空的，请重新选择。")
    if size > limits.file_bytes:
        raise NotAdmitted(f"文件有 {size / MEGABYTE:.0f} MB，超过每个 {limits.file_bytes // MEGABYTE} MB 的上限。")


def display_name(family: str, media_type: str, number: int) -> str:
    """What a stored file is called: by what it is and its number, with the extension of its content."""
    suffix = next((kind.suffix for kind in KINDS.values() if kind.media_type == media_type), "")
    return f"{'照片' if family == 'image' else '文件'}-{number}{suffix}"
