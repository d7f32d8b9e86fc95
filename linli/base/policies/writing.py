"""A policy as text and back: TOML as people write it, with the line in which it goes wrong. Pure."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CHARACTERS = 400_000
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


class Unreadable(ValueError):
    """The text is no TOML. line: where, counted from 1; None when it is the end or the whole."""

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


def read(text: str) -> dict[str, Any]:
    """TOML (or a JSON object) as data. Raises Unreadable, naming the line and what stands there."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(f"太长了，最多 {MOST_CHARACTERS} 个字符。")
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text.replace("\r\n", "\n"))
        # What PostgreSQL cannot keep as JSON (dates, NaN, NUL) must be refused here, where a line can be named.
        if "\\u0000" in json.dumps(found, allow_nan=False):
            raise Unreadable("不能有空字符（NUL）。")
    except tomllib.TOMLDecodeError as error:
        place = _AT.search(str(error))
        raise _at(text, str(error), int(place[1]) if place else None) from None
    except json.JSONDecodeError as error:
        raise _at(text, error.msg, error.lineno) from None
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("只能用文字、数字、是否、清单和表；日期请写成带引号的文字。") from None
    return found


def _at(text: str, message: str, line: int | None) -> Unreadable:
    lines = text.split("\n")
    if line is None or line > len(lines):
        return Unreadable(f"写法不对：{_AT.sub('', message).strip()}")
    return Unreadable(f"第 {line} 行写法不对：{lines[line - 1].strip()[:80]}({_AT.sub('', message).strip()})", line)


def shown(source: str, data: Mapping[str, Any]) -> str:
    """The text of a version: as it was written, or its data when a program drafted it."""
    return source or json.dumps(data, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: mark is "-" (only before), "+" (only after), " " (both) or "…" (left out)."""

    mark: str
    before: int | None
    after: int | None
    text: str


def compare(before: str, after: str, context: int = 3) -> list[Line]:
    """What changed, line by line, with a few lines around; empty when nothing did."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for number, group in enumerate(
        difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context)
    ):
        if number or group[0][1]:
            found.append(Line("…", None, None, ""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                pairs = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
                found += [Line(" ", one + 1, other + 1, old[one]) for one, other in pairs]
            else:
                found += [Line("-", one + 1, None, old[one]) for one in range(old_from, old_to)]
                found += [Line("+", None, other + 1, new[other]) for other in range(new_from, new_to)]
    return found
