"""Noting facts, from inside commands, and reading how a row came to be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.facts.models import Fact

_MOST = 300


@dataclass(frozen=True, slots=True)
class Given:
    """Where a fact comes from. as_of: the day it was true on (empty: today); verified_by: who checked it (empty: whoever
    enters it); reason: why a fact is corrected.
    """

    source: str = ""
    as_of: date | None = None
    verified_by: str = ""
    reason: str = ""


# Whoever enters it says so today; the default of commands.
NOTHING = Given()


def columns(actor: Actor, given: Given) -> dict[str, Any]:
    """The three columns of `Sourced`, filled in. Refused: a day that has not come, words too long."""
    today = timezone.localdate(now())
    if given.as_of is not None and given.as_of > today:
        raise Refused(_("截至日期不能晚于今天"), field="as_of")
    if len(given.source) > 120:
        raise Refused(_("来源不超过 120 个字"), field="source")
    verified = " ".join(given.verified_by.split()) or actor.name
    return {"source": given.source.strip(), "as_of": given.as_of or today, "verified_by": verified[:40]}


def needs_reason(given: Given) -> str:
    """The reason of a correction. Refused without one."""
    words = " ".join(given.reason.split())[:200]
    if not words:
        raise Refused(_("请写明更正的原因"), field="reason")
    return words


def changes(row: Model, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """field -> (before, after) as people read them, for the values that differ from the row's."""
    return {
        name: (said(row, name, getattr(row, name)), said(row, name, value))
        for name, value in values.items()
        if getattr(row, name) != value
    }


def said(row: Model, name: str, value: Any) -> str:
    """A value in the words of its field: the label of a choice, 是 and 否, a plain text."""
    field: Any = row._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))[:_MOST]
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)[:_MOST]


def note(
    actor: Actor,
    kind: str,
    key: int,
    region_code: str,
    changed: Mapping[str, tuple[str, str]],
    given: Given = NOTHING,
) -> None:
    """Write how one row came to be what it is: one Fact for each changed field, `""` for the row itself.

    Called inside a command, in its transaction. Values must not be personal.
    """
    write(facts(actor, kind, [(key, region_code, changed)], given))


def facts(
    actor: Actor, kind: str, rows: Iterable[tuple[int, str, Mapping[str, tuple[str, str]]]], given: Given
) -> list[Fact]:
    """The same for many rows (key, region code, changed), not written yet."""
    at, sourced = now(), columns(actor, given)
    return [
        Fact(
            kind=kind,
            key=key,
            region_code=region_code,
            field=name,
            before=before[:_MOST],
            after=after[:_MOST],
            reason=" ".join(given.reason.split())[:200],
            by_name=actor.name[:60],
            account_id=actor.account_id,
            at=at,
            **sourced,
        )
        for key, region_code, changed in rows
        for name, (before, after) in changed.items()
    ]


def write(rows: list[Fact]) -> None:
    """Write facts; nothing is read back, since whoever keeps the register of a whole office may have no region to see."""
    Fact.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def timeline(of: Iterable[tuple[str, int]], label: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """How these rows (kind, key) came to be, newest first, as `ui.timeline` shows it.

    label(kind, field) gives the word for a field, and for "" the word for the row itself. What the actor of this
    transaction may not see is left out by the second wall.
    """
    found: list[Fact] = []
    for kind, key in of:
        found += Fact.objects.filter(kind=kind, key=key).order_by("-id")[:100]
    found.sort(key=lambda fact: fact.pk, reverse=True)
    return [_entry(fact, label(fact.kind, fact.field)) for fact in found]


def _entry(fact: Fact, label: str) -> dict[str, Any]:
    change = f"{fact.before} → {fact.after}" if fact.before and fact.after else fact.after or _("清空")
    parts = [
        (_("来源"), fact.source),
        (_("截至"), f"{fact.as_of:%Y-%m-%d}" if fact.as_of else ""),
        (_("核实"), fact.verified_by),
        (_("原因"), fact.reason),
    ]
    return {
        "title": _("%(what)s：%(change)s") % {"what": label, "change": change},
        "when": fact.at,
        "who": fact.by_name,
        "text": " · ".join(f"{name} {value}" for name, value in parts if value),
        "icon": "edit" if fact.before else "point",
        "tone": "",
        "extra": "",
    }
