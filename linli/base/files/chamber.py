"""The inner chamber of the airlock: opens one foreign file in a process of its own, under hard limits.

Run as ``python -I chamber.py KIND SOURCE FOLDER LIMITS``: reads SOURCE, writes the clean result into FOLDER, and one
JSON line to standard output: ``{"ok": true, ...}`` or ``{"ok": false, "reason": "..."}``. Any other ending refuses.
Imports nothing of Linli, so that a hole in a decoder meets no keys, no database and no settings.
"""

import json
import resource
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

CPU_SECONDS, ADDRESS_SPACE, OUTPUT_BYTES, OPEN_FILES = 10, 512 * 1024 * 1024, 50 * 1024 * 1024, 64
QUALITY, THUMBNAIL_QUALITY = 85, 75
DAMAGED = (OSError, ValueError, SyntaxError, LookupError, TypeError, ArithmeticError, RuntimeError, zlib.error)
PDF_DANGERS = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


class Refusal(Exception):
    """Why the file is not let in, in the sender's words."""


def main() -> int:
    kind, source, folder, limits = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4])
    for which, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    try:
        if kind == "pdf":
            result = pdf(source, folder)
        elif kind in ("docx", "xlsx"):
            result = office(kind, source, folder, limits)
        else:
            result = image(kind, source, folder, limits)
    except Refusal as refusal:
        result = {"ok": False, "reason": str(refusal)}
    except MemoryError:
        result = {"ok": False, "reason": "文件打开后太大，请换一张小一点的。"}
    print(json.dumps(result))
    return 0


def image(kind: str, source: Path, folder: Path, limits: dict[str, int]) -> dict[str, Any]:
    """A new JPEG of the first frame: upright, at most so large, without EXIF, position, profile or trailing bytes."""
    import warnings

    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)  # by itself Pillow refuses only at twice the limit
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    side = limits["longest_side"]
    try:
        with Image.open(source, formats=["JPEG", "MPO"] if kind == "jpeg" else [kind.upper()]) as opened:
            if min(opened.size) < 1:
                raise Refusal("照片里没有内容，请重新选择。")
            opened.draft("RGB", (side, side))  # JPEG only: decode at a fraction of the size where that is enough
            opened.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
            picture = _plain(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal(f"照片的像素超过 {limits['pixels'] // 10_000} 万，太大了，请换一张。") from None
    except (UnidentifiedImageError, *DAMAGED) as error:
        raise Refusal("照片打不开或不完整，请重新选择。") from error
    picture.save(folder / "clean", "JPEG", quality=QUALITY, optimize=True)
    picture.thumbnail((limits["thumbnail_side"], limits["thumbnail_side"]), Image.Resampling.LANCZOS)
    picture.save(folder / "thumbnail", "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    width, height = _size(folder / "clean")
    return {"ok": True, "width": width, "height": height}


def _plain(picture: Any) -> Any:
    """The same pixels as sRGB without anything attached; what was transparent becomes white."""
    from PIL import Image

    profile = picture.info.get("icc_profile")
    if profile and picture.mode == "RGB":
        picture = _to_srgb(picture, profile)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    clean = Image.new("RGB", picture.size)
    clean.paste(picture.convert("RGB"))
    return clean


def _to_srgb(picture: Any, profile: bytes) -> Any:
    """Phones store wide colours; without their profile the picture would look pale. A bad profile is only left out."""
    import io

    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _size(path: Path) -> tuple[int, int]:
    from PIL import Image

    with Image.open(path, formats=["JPEG"]) as opened:
        return opened.size


def office(kind: str, source: Path, folder: Path, limits: dict[str, int]) -> dict[str, Any]:
    """An Office document as it came, if it is one: no macros, no password, and it does not explode when unpacked."""
    main_part = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            if len(members) > limits["members"]:
                raise Refusal("文档里的部件太多，不能上传。")
            names = {member.filename for member in members}
            if "[Content_Types].xml" not in names or main_part not in names or len(names) != len(members):
                raise Refusal("这不是完好的 Office 文档，请重新保存后再上传。")
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".ole")) for name in names):
                raise Refusal("文档里有宏或程序，请去掉后再上传。")
            unpacked = 0
            for member in members:
                if member.flag_bits & 1:
                    raise Refusal("文档设有密码，请去掉密码后再上传。")
                with archive.open(member) as part:  # what the directory declares may be a lie: count what comes out
                    while piece := part.read(256 * 1024):
                        unpacked += len(piece)
                        if unpacked > limits["unpacked_bytes"]:
                            raise Refusal("文档解开后太大，不能上传。")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise Refusal("这不是完好的 Office 文档，请重新保存后再上传。") from error
    return _as_it_came(source, folder)


def pdf(source: Path, folder: Path) -> dict[str, Any]:
    """A PDF as it came, if it ends as one and shows no scripts, launched programs or attachments.

    Compressed streams are not searched: what is served later is a sandboxed download, never a page of ours.
    """
    data = source.read_bytes()
    if b"%%EOF" not in data[-2048:]:
        raise Refusal("PDF 不完整，请重新保存后再上传。")
    if any(danger in data for danger in PDF_DANGERS):
        raise Refusal("PDF 里有脚本或附件，请打印成新的 PDF 后再上传。")
    if b"/Encrypt" in data:
        raise Refusal("PDF 设有密码，请去掉密码后再上传。")
    return _as_it_came(source, folder)


def _as_it_came(source: Path, folder: Path) -> dict[str, Any]:
    (folder / "clean").write_bytes(source.read_bytes())
    return {"ok": True, "width": 0, "height": 0}


if __name__ == "__main__":
    sys.exit(main())
