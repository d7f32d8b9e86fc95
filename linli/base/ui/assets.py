"""Where the built front end lies: reads the manifest that Vite writes into `linli/static/build/`."""

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static as django_static

log = logging.getLogger(__name__)
BUILD = Path(__file__).resolve().parents[2] / "static" / "build"
MANIFEST = BUILD / "manifest.json"


def static(path: str) -> str:
    """The URL of a file below `linli/static/`."""
    return django_static(path)


@lru_cache(maxsize=4)
def _read(stamp: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return manifest


@lru_cache(maxsize=1)
def _fixed() -> dict[str, Any]:
    return _look()


@lru_cache(maxsize=1)
def _warn_once() -> None:
    log.warning("the front end is not built: run `make build` (pages work without it, unstyled)")


def _look() -> dict[str, Any]:
    try:
        return _read(MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        _warn_once()
        return {}


def manifest() -> dict[str, Any]:
    """Vite's manifest: read once in production, looked at again on each call in debug (`npm run watch`)."""
    return _look() if settings.DEBUG else _fixed()


def asset(name: str) -> str:
    """The hashed URL of an entry: `main.js`. Empty when the front end has not been built."""
    entry = manifest().get(f"web/{name}")
    return static(f"build/{entry['file']}") if entry else ""


def styles(name: str = "main.js") -> list[str]:
    """The URLs of the style sheets that belong to an entry."""
    entry = manifest().get(f"web/{name}")
    return [static(f"build/{file}") for file in entry.get("css", ())] if entry else []


def icon_sheet() -> str:
    """The URL of the sprite that holds every icon as a <symbol>. Every icon asks, so production remembers it."""
    return _icon_sheet() if settings.DEBUG else _fixed_icon_sheet()


def _icon_sheet() -> str:
    entry = manifest().get("icons.svg")
    return static(f"build/{entry['file']}") if entry else ""


@lru_cache(maxsize=1)
def _fixed_icon_sheet() -> str:
    return _icon_sheet()
