"""Words of the command line turned into what a command's signature asks for, and its answers into lines."""

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Sequence
from datetime import date, datetime
from inspect import Parameter
from pathlib import Path
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

import click

PLACE = ZoneInfo("Asia/Shanghai")
# What a model may be called by besides its number.
NATURAL_KEYS = ("login", "code", "number", "name")
# Parameters that are numbers of organisations, posts and people, and so may be given by name.
ORGANISATIONS = ("to", "organisation", "organisation_id", "about_id", "lead")


class Wrong(click.UsageError):
    """A word that does not fit; shown as one plain line."""


def value_of(parameter: Parameter, kind: Any, word: str) -> Any:
    """One word as the value of one parameter. Raises Wrong when it does not fit."""
    try:
        return _convert(parameter.name, _plain_kind(kind), word)
    except (ValueError, TypeError) as error:
        raise Wrong(f"{parameter.name}:{error or word}") from error


def _plain_kind(kind: Any) -> Any:
    """`X | None` is X; a NewType stays itself, for it says what the number stands for."""
    if get_origin(kind) in (typing.Union, types.UnionType):
        kinds = [one for one in get_args(kind) if one is not type(None)]
        return _plain_kind(kinds[0])
    return kind


def is_switch(kind: Any) -> bool:
    return _plain_kind(kind) is bool


def _convert(name: str, kind: Any, word: str) -> Any:
    if getattr(kind, "__name__", "") == "CaseId":
        return _case(word)
    if get_origin(kind) in (list, tuple, Sequence, typing.get_origin(Sequence[int])):
        inner = next(iter(get_args(kind)), str)
        return [_convert(name, inner, part.strip()) for part in word.split(",") if part.strip()]
    if kind is int:
        return _number(name, word)
    if kind is bytes:
        return Path(word.removeprefix("@")).read_bytes()
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**json.loads(word))
    if get_origin(kind) is dict or kind is dict:
        return json.loads(_text(word))
    if isinstance(kind, type) and hasattr(kind, "_meta"):
        return _row(kind, word)
    simple: dict[Any, Callable[[str], Any]] = {
        float: float,
        date: date.fromisoformat,
        datetime: _moment,
        str: _text,
    }
    return simple.get(kind, _text)(word)


def _text(word: str) -> str:
    """`@file` is the content of a file; `@@` begins a text with one @."""
    if word.startswith("@@"):
        return word[1:]
    return Path(word[1:]).read_text(encoding="utf-8") if word.startswith("@") else word


def _moment(word: str) -> datetime:
    found = datetime.fromisoformat(word)
    return found if found.tzinfo else found.replace(tzinfo=PLACE)


def _number(name: str, word: str) -> int:
    """`17`, `org:17`, or the name of an organisation where the parameter means one."""
    kind, colon, rest = word.rpartition(":")
    if rest.isascii() and rest.lstrip("-").isdigit() and (not colon or kind.isalpha()):
        return int(rest)
    if name in ORGANISATIONS:
        return _organisation(rest)
    raise ValueError(f"“{word}”不是整数")


def _organisation(name: str) -> int:
    from linli.people.organisations.queries import directory

    found = [one for one in directory().by_id.values() if name in (one.name, one.short_name)]
    if len(found) != 1:
        raise ValueError(
            f"没有找到名为“{name}”的组织" if not found else f"有 {len(found)} 个组织叫“{name}”，请写 org:编号"
        )
    return found[0].id


def _case(word: str) -> int:
    """The number of a case, or the id of its proceeding after `id:`."""
    from linli.procedures.models import Proceeding

    if word.startswith("id:"):
        return int(word[3:])
    found = Proceeding.objects.filter(number=word).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError(f"没有编号为 {word} 的诉求")
    return int(found)


def _row(model: Any, word: str) -> Any:
    """A row by its key (`17`, `org:17`) or by its login, code, number or name."""
    rest = word.rpartition(":")[2]
    names = {field.name for field in model._meta.fields}
    wanted = [(key, word) for key in NATURAL_KEYS if key in names]
    if rest.isascii() and rest.isdigit() and len(rest) < 18:
        wanted.insert(0, (model._meta.pk.name, rest))
    for key, value in wanted:
        rows = list(model.objects.filter(**{key: value})[:2])
        if len(rows) == 1:
            return rows[0]
    raise ValueError(f"没有找到“{word}”（{model._meta.verbose_name}），或者不止一个")


def shown(answer: Any) -> str:
    """What a command gave back, for the terminal and for scripts."""
    if answer is None:
        return "已办理。"
    if hasattr(answer, "_meta"):
        return f"{answer._meta.label_lower}:{answer.pk} {answer}"
    if isinstance(answer, str | int):
        return str(answer)
    return json.dumps(answer, ensure_ascii=False, indent=2, default=str)
