"""Taking many places back at once that were entered by mistake: closed by a handful of statements, never deleted."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.facts.noting import Given, facts, write
from linli.places.addresses.commands.compounds import basis_of, free
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.rules import in_reach


@command("addresses.withdraw_dwellings", right="addresses.enter")
def withdraw_dwellings(actor: Actor, *, ids: Sequence[int], basis: str) -> int:
    """Close many dwellings, all or none; refused as `close_dwelling`. Each building keeps one fact for all of its own."""
    rows = _mine(actor, Dwelling, ids)
    free(rows)
    doors: dict[tuple[int, str], list[Dwelling]] = {}
    for row in rows:
        doors.setdefault((row.building_id, row.region_code), []).append(row)
    noted = []
    for (building, grid), closed in doors.items():
        said = _("停用 %(count)d 套：%(doors)s") % {
            "count": len(closed),
            "doors": "、".join(row.door for row in closed[:6]) + ("……" if len(closed) > 6 else ""),
        }
        noted.append((building, grid, {"dwellings": ("", said)}))
    return _close(actor, rows, "building", noted, basis)


@command("addresses.withdraw_buildings", right="addresses.edit")
def withdraw_buildings(actor: Actor, *, ids: Sequence[int], basis: str) -> int:
    """Close many buildings with their dwellings, all or none; refused as `close_building`."""
    rows = _mine(actor, Building, ids)
    dwellings = Dwelling.objects.filter(building__in=rows, valid_to=None)
    free(dwellings)
    dwellings.update(valid_to=timezone.localdate(now()))
    return _close(actor, rows, "building", _closed(rows), basis)


@command("addresses.withdraw_compounds", right="addresses.edit")
def withdraw_compounds(actor: Actor, *, ids: Sequence[int], basis: str) -> int:
    """Close many compounds with what stands in them, all or none; refused as `close_compound`."""
    rows = _mine(actor, Compound, ids)
    buildings = Building.objects.filter(compound__in=rows, valid_to=None)
    dwellings = Dwelling.objects.filter(building__compound__in=rows, valid_to=None)
    free(dwellings)
    for inside in (dwellings, buildings):
        inside.update(valid_to=timezone.localdate(now()))
    return _close(actor, rows, "compound", _closed(rows), basis)


def _mine(actor: Actor, model: Any, ids: Sequence[int]) -> Any:
    """The rows, as they are. Refused: one of them is closed, not to be seen, or out of reach."""
    rows = model.objects.filter(pk__in=set(ids), valid_to=None)
    if len(rows) != len(set(ids)):
        raise Refused(_("有的已经停用，或不在您负责的区划里"), status=404)
    if not actor.everything and not all(in_reach(actor.regions, code) for code in {row.region_code for row in rows}):
        raise Refused(_("有的已经停用，或不在您负责的区划里"), field="region_code", status=403)
    return rows


def _closed(rows: Any) -> list[tuple[int, str, dict[str, tuple[str, str]]]]:
    return [(row.pk, row.region_code, {"": (_("在用"), _("已停用"))}) for row in rows]


def _close(actor: Actor, rows: Any, kind: str, noted: Any, basis: str) -> int:
    words, ids = basis_of(basis), [row.pk for row in rows]
    rows.model.objects.filter(pk__in=ids).update(valid_to=timezone.localdate(now()))
    write(facts(actor, kind, noted, Given(reason=words)))
    what = str(rows.model._meta.model_name)
    detail(basis=words, count=len(ids))
    announce("addresses.withdrawn", {"kind": what, "ids": ids[:1000], "count": len(ids)})
    return len(ids)
