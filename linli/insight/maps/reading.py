"""What the map asks: one compact payload per layer and region, and the table that says the same in numbers."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.insight.maps import policy
from linli.insight.maps.layers import Layer, offered, sees_care
from linli.insight.maps.rules import Told, cut, cut_also, guarded, packed
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.queries import find_addresses
from linli.places.regions import locating

# More points than a browser draws without a pause; such a layer is shown as counts until the region is smaller.
MARKS_MOST = 20_000
# Shorter answers gain nothing from being packed.
PACK_FROM = 1000
GRID_DIGITS = 15


def grids_below(prefix: str) -> list[str]:
    """Codes of the grids of a region, from the index in memory."""
    return sorted(code for code in locating.index().names if len(code) > 12 and code.startswith(prefix))


def payload(layer: Layer, actor: Actor, prefix: str, moment: datetime) -> dict[str, Any]:
    """{layer, marks or counts}: marks as `rules.packed` says; counts as [[code, number or None], ...] by grid.

    counts: of what has no point of its own. least: the limit under which a count is None.
    """
    found: dict[str, Any] = {"layer": layer.code}
    if layer.code == "care":
        least = _least(actor)
        told = guarded(layer.counts(actor, prefix), grids_below(prefix), least, GRID_DIGITS)
        found["counts"] = [[code, None if one.hidden else one.number] for code, one in sorted(told.items())]
        return found | {"least": least}
    counts = layer.counts(actor, prefix)
    if layer.marks is not None and sum(counts.values()) <= MARKS_MOST:
        marks = layer.marks(actor, prefix, moment)
        for mark in marks:
            counts[mark.place] = counts.get(mark.place, 0) - 1
        found["marks"] = packed(marks)
    if layer.also is not None:
        found["also"] = [[one.id, one.own, one.other] for one in layer.also(actor, prefix)]
    # A mark that came or went between the two readings counts for nothing here.
    return found | {"counts": [[code, number] for code, number in sorted(counts.items()) if number > 0]}


def _least(actor: Actor) -> int:
    return 0 if sees_care(actor) else policy.in_force().care_least


@dataclass(frozen=True, slots=True)
class Body:
    """A payload ready to be sent. packed: by gzip."""

    content: bytes
    tag: str
    packed: bool


def body(data: Mapping[str, Any], accepts: str) -> Body:
    """The payload as bytes, packed where the browser says it can unpack. It holds no secret, so that packing tells none."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    if "gzip" in accepts.lower() and len(content) >= PACK_FROM:
        return Body(gzip.compress(content, compresslevel=5, mtime=0), tag, True)
    return Body(content, tag, False)


@dataclass(frozen=True, slots=True)
class Line:
    """One community or grid of the table. told: layer -> what may be said."""

    code: str
    name: str
    known: bool
    told: dict[str, Told]


def table(actor: Actor, prefix: str, digits: int) -> tuple[list[Layer], list[Line], dict[str, Told]]:
    """(layers, a line for each region of the level, the whole); one statement for each layer.

    What is known no nearer than the place above has a line of its own, so that the parts add up; a building across grids stands
    in the line of each and once in the whole.
    """
    layers, names = offered(actor), locating.index().names
    here = sorted(code for code in names if _level(code, digits) and code.startswith(prefix))
    told: dict[str, dict[str, Told]] = {}
    twice: dict[str, int] = {}
    for layer in layers:
        counts = layer.counts(actor, prefix)
        if layer.code == "care":
            told[layer.code] = guarded(counts, grids_below(prefix), _least(actor), digits)
        else:
            numbers = cut(counts, digits)
            for code, more in cut_also(layer.also(actor, prefix), digits).items() if layer.also is not None else ():
                numbers[code] = numbers.get(code, 0) + more
                twice[layer.code] = twice.get(layer.code, 0) + more
            told[layer.code] = {code: Told(number) for code, number in numbers.items()}
    others = sorted({code for one in told.values() for code in one} - set(here))
    lines = [
        Line(code, _name(code, names, code in here), code in here, {
            layer.code: told[layer.code].get(code, Told(0)) for layer in layers
        })
        for code in [*here, *others]
    ]  # fmt: skip
    whole = {
        layer.code: Told(
            sum(line.told[layer.code].number for line in lines) - twice.get(layer.code, 0),
            sum(line.told[layer.code].hidden for line in lines),
        )
        for layer in layers
    }
    return layers, lines, whole


def _name(code: str, names: Mapping[str, str], here: bool) -> str:
    own = names.get(code, code).split()[-1]
    return own if here else _("%(place)s（未定到下一级）") % {"place": own}


def _level(code: str, digits: int) -> bool:
    return len(code) == 12 if digits == 12 else len(code) > 12


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was found, and where it lies. guessed: it is only like what was typed."""

    label: str
    url: str
    longitude: float
    latitude: float
    guessed: bool = False


def find(actor: Actor, text: str, prefix: str, most: int = 8) -> list[Address]:
    """Compounds, buildings and dwellings that a text may mean inside a region, with their points; the likeliest first."""
    found = find_addresses(actor, text, most, prefix)
    if not actor.may("addresses.view"):
        found = [one for one in found if one.kind != "dwelling"]
    points: dict[tuple[str, int], tuple[float, float]] = {}
    for kind, rows, way in (
        ("compound", Compound.objects.all(), ""),
        ("building", Building.objects.all(), ""),
        ("dwelling", Dwelling.objects.all(), "building__"),
    ):
        if ids := [one.id for one in found if one.kind == kind]:
            wanted = rows.filter(pk__in=ids).values_list("pk", f"{way}longitude", f"{way}latitude")
            points |= {(kind, pk): (lon, lat) for pk, lon, lat in wanted}
    return [
        Address(one.label, reverse(f"addresses:{one.kind}", args=[one.id]), *points[one.kind, one.id], one.guessed)
        for one in found
        if (one.kind, one.id) in points
    ]
