"""What is held about somebody, as they read it: plain words, masks, why, until when, who looked. No names of staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.base import masks
from linli.base.actor import system
from linli.base.crypto import Sealed
from linli.base.policies import load
from linli.base.privacy import holdings, reading
from linli.base.privacy.models import Authority, LegalHold, RightsRequest
from linli.base.privacy.policy import Entry, entries
from linli.base.privacy.queries import in_force, today
from linli.base.scope import scope
from linli.doors.portal.one_time import Own, resident
from linli.people.organisations.queries import directory


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is held. shown: the value, or its mask; whole: what the file of one's own data says."""

    name: str
    shown: str
    purpose: str
    basis: str
    period: str
    sensitive: bool
    who: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record: a place in the register, a case that was reported. key: how a form names it."""

    key: str
    title: str
    since: date | None
    for_other: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: never the name of who looked."""

    at: datetime
    unit: str
    role: str
    purpose: str
    what: str
    own: bool


def records(own: Iterable[Own]) -> list[Record]:
    """What is held in these records. No seal is opened beyond its mask."""
    registry, roles = {one.field: one for one in entries()}, _roles()
    found = []
    with scope(system("my information")):
        for mine, thing in _things(own):
            lines = [_line(registry[item.field], item, roles) for item in thing.items if item.field in registry]
            title = f"{holdings.named(thing.kind)} {thing.title}"
            found.append(Record(f"{thing.kind}:{thing.id}", title, thing.since, bool(mine.authority), lines))
    return found


def _things(own: Iterable[Own]) -> Iterable[tuple[Own, holdings.Thing]]:
    wanted: dict[str, dict[int, Own]] = {}
    for one in own:
        wanted.setdefault(one.kind, {}).setdefault(one.id, one)
    for kind, keys in wanted.items():
        holding = holdings.of(kind)
        for thing in holding.told(sorted(keys)) if holding else []:
            yield keys[thing.id], thing


def _line(entry: Entry, item: holdings.Item, roles: dict[str, str]) -> Line:
    value = item.value
    shown = str(value) if isinstance(value, Sealed) else masks.scrub(value)
    hidden = shown == "hidden" or entry.to_self == "said"
    shown = _("有，已遮住") if hidden else item.words(shown)
    who = "、".join(roles.get(code, code) for code in entry.who)
    return Line(entry.name, shown, entry.purpose, entry.basis, entry.period, entry.sensitive, who)


def seen(own: Iterable[Own]) -> list[Seen]:
    """Who looked at these records, the latest first."""
    units, roles = directory(), _roles()
    with scope(system("my information")):
        looks = reading.who_looked((one.kind, one.id) for one in own)
    return [
        Seen(
            look.at,
            units.label(look.organisation_id) if look.organisation_id else "",
            look.purpose if look.own else roles.get(look.role, look.role),
            "" if look.own else look.purpose,
            "、".join(look.fields),
            look.own,
        )
        for look in looks
    ]


def asked(own: Iterable[Own]) -> list[RightsRequest]:
    """What was asked about these records, the latest first."""
    keys = {(one.kind, one.id) for one in own}
    with scope(system("my information")):
        rows = RightsRequest.objects.filter(subject_id__in={key for _kind, key in keys}).order_by("-id")[:100]
        return [row for row in rows if (row.subject_kind, row.subject_id) in keys]


@dataclass(frozen=True, slots=True)
class Told:
    """One value in the file of what is held: as it stands in the registry, whole where that says so."""

    record: str
    since: date | None
    field: str
    entry: Entry
    value: str


def told(own: Iterable[Own]) -> list[Told]:
    """Everything that is held, whole values where the registry says so. Each record leaves its row in the read log first."""
    registry, lines = {one.field: one for one in entries()}, []
    with scope(system("my information")):
        for mine, thing in _things(own):
            items = [item for item in thing.items if item.field in registry]
            sealed = {i.field for i in items if isinstance(i.value, Sealed) and registry[i.field].to_self == "whole"}
            why = reading.FOR_OTHER if mine.authority else reading.OWN
            opened = reading.opened(resident(), thing.kind, thing.id, sealed, purpose=why) if sealed else None
            for item in items:
                entry, value = registry[item.field], item.value
                if isinstance(value, Sealed):
                    value = item.words(value.reveal(opened) if opened and item.field in sealed else str(value))
                if entry.to_self == "said":
                    value = _("有，已遮住")
                title = f"{holdings.named(thing.kind)} {thing.title}"
                lines.append(Told(title, thing.since, item.field, entry, value))
    return lines


def as_data(own: list[Own], moment: datetime) -> dict[str, Any]:
    """The file for another program: what is held, who looked, what was asked, who may ask for one."""
    return {
        "format": "linli.my-information/1",
        "made_at": moment.isoformat(),
        "held": [
            {
                "record": one.record, "since": one.since.isoformat() if one.since else None, "field": one.field,
                "name": one.entry.name, "value": one.value, "sensitive": one.entry.sensitive,
                "purpose": one.entry.purpose, "basis": one.entry.basis, "kept": one.entry.period,
            }
            for one in told(own)
        ],
        "looked": [
            {"at": one.at.isoformat(), "unit": one.unit, "role": one.role, "purpose": one.purpose, "what": one.what}
            for one in seen(own)
        ],
        "asked": [
            {
                "kind": str(one.get_kind_display()), "at": one.asked_at.isoformat(), "due_on": one.due_on.isoformat(),
                "outcome": str(one.get_outcome_display()), "answer": one.answer,
            }
            for one in asked(own)
        ],
        "authorities": [
            {"relation": str(one.get_relation_display()), "name": str(one.name), "from": one.starts.isoformat(), "to": one.ends.isoformat()}
            for one in authorities(own)
        ],
    }  # fmt: skip


def authorities(own: Iterable[Own]) -> list[Authority]:
    """Who may ask for the persons of these records now: each is told of it, masked."""
    keys = {(one.kind, one.id) for one in own}
    with scope(system("my information")):
        rows = in_force(today()).filter(subject_id__in={key for _kind, key in keys}).order_by("id")
        return [row for row in rows if (row.subject_kind, row.subject_id) in keys]


def held_back(own: Iterable[Own]) -> list[tuple[str, LegalHold]]:
    """(record, hold) of what must not be deleted for now."""
    keys = {(one.kind, one.id) for one in own}
    with scope(system("my information")):
        rows = LegalHold.objects.filter(lifted_at=None, subject_id__in={key for _kind, key in keys}).order_by("id")
        return [(f"{row.kind}:{row.subject_id}", row) for row in rows if (row.kind, row.subject_id) in keys]


def _roles() -> dict[str, str]:
    return {one["code"]: one["name"] for one in load("roles").data["roles"]}
