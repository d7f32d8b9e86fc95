"""The airlock: everything a foreign file passes before it is stored. The parsing happens in ``chamber.py``, alone."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from linli.base.files.rules import JPEG, KINDS, Limits, NotAdmitted, check_size, kind_of

CHAMBER = Path(__file__).with_name("chamber.py")
WALL_SECONDS = 20


class Upload(Protocol):
    """What Django calls an UploadedFile."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class Admitted:
    """A file that may be stored. thumbnail is empty for documents; width and height are 0 for them."""

    family: str
    media_type: str
    content: bytes
    thumbnail: bytes
    width: int
    height: int


def admit(upload: Upload, limits: Limits | None = None, folder: Path | None = None) -> Admitted:
    """Let one upload in, or raise NotAdmitted with the reason for its sender.

    folder: where the work is done (default: the system's temporary folder); nothing is left in it. At no time is more
    than one chunk of an unchecked file in memory.
    """
    limits = limits or Limits()
    check_size(upload.size, limits)
    name = upload.name or ""
    with tempfile.TemporaryDirectory(prefix="airlock-", dir=folder) as room:
        source = Path(room) / "source"
        kind = _take_in(upload, source, name, limits)
        result = _in_the_chamber(kind, source, Path(room), limits)
        if not result.get("ok"):
            raise NotAdmitted(str(result.get("reason") or "文件打不开，请重新选择。"))
        image = KINDS[kind].family == "image"
        return Admitted(
            family=KINDS[kind].family,
            media_type=JPEG.media_type if image else KINDS[kind].media_type,
            content=(Path(room) / "clean").read_bytes(),
            thumbnail=(Path(room) / "thumbnail").read_bytes() if image else b"",
            width=int(result["width"]),
            height=int(result["height"]),
        )


def _take_in(upload: Upload, source: Path, name: str, limits: Limits) -> str:
    """Copy chunk by chunk: the declared size may be wrong, and the kind is settled by the first chunk."""
    kind, taken = "", 0
    with source.open("wb") as file:
        for chunk in upload.chunks():
            if not kind:
                kind = kind_of(chunk[:64], name)
            taken += len(chunk)
            check_size(taken, limits)
            file.write(chunk)
    check_size(taken, limits)
    return kind


def _in_the_chamber(kind: str, source: Path, folder: Path, limits: Limits) -> dict[str, Any]:
    words = [sys.executable, "-I", str(CHAMBER), kind, str(source), str(folder), json.dumps(asdict(limits))]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS, env={"LC_ALL": "C.UTF-8"}, cwd=folder, check=False,
        )  # fmt: skip
        result = json.loads(done.stdout[:10_000]) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        result = {}
    if not isinstance(result, dict) or not result:  # killed by a limit, or by what it was fed
        return {"ok": False, "reason": "文件太复杂或已损坏，请换一个。"}
    return result
