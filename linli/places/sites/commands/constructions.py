"""Writing construction sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command
from linli.base.facts.noting import NOTHING, Given
from linli.places.sites.commands import placed
from linli.places.sites.models import ConstructionSite


@dataclass(frozen=True, slots=True)
class NewConstruction:
    """A construction site to be written; work_from and work_to: local times between which building is permitted."""

    name: str
    builder: str
    region_code: str
    longitude: float
    latitude: float
    starts: date
    ends: date | None = None
    work_from: time = time(6)
    work_to: time = time(22)
    address: str = ""
    service_phone: str = ""


@command("sites.open_constructions", right="sites.edit")
def open_constructions(
    actor: Actor, *, constructions: Sequence[NewConstruction], given: Given = NOTHING, photos: Sequence[int] = ()
) -> list[int]:
    """Enter construction sites, all or none; returns their ids. Refused: no name, no builder, days or hours that run
    backwards, a region not in use or out of reach, no position.
    """
    rows = [_values(one) for one in constructions]
    placed.check(actor, rows)
    return [row.pk for row in placed.enter(actor, ConstructionSite, "construction", rows, given, photos)]


@command("sites.edit_construction", right="sites.edit")
def edit_construction(
    actor: Actor,
    construction: ConstructionSite,
    *,
    changed: NewConstruction,
    given: Given,
    photos: Sequence[int] = (),
) -> ConstructionSite:
    """Correct a construction site with a reason; refused as `open_constructions`."""
    values = _values(changed)
    placed.check(actor, [values])
    grid = construction.region_code
    placed.change(actor, construction, "construction", values, given, {}, photos)
    if construction.region_code != grid:
        announce("sites.construction_placed", {"constructions": [construction.pk]})
    return construction


@command("sites.remove_construction_photo", right="sites.edit")
def remove_construction_photo(
    actor: Actor, construction: ConstructionSite, *, photo: int, reason: str
) -> ConstructionSite:
    """Take a photo off for good, its bytes with it. Refused: no reason, no such photo, out of reach."""
    return placed.unphotograph(actor, construction, "construction", photo, reason)


@command("sites.close_construction", right="sites.edit")
def close_construction(actor: Actor, construction: ConstructionSite, *, basis: str) -> ConstructionSite:
    """Building is over. Refused: no ground, closed before, out of reach."""
    placed.close(actor, construction, "construction", basis)
    announce("sites.construction_placed", {"constructions": [construction.pk]})
    return construction


def _values(new: NewConstruction) -> dict[str, Any]:
    if not new.builder.strip() or len(new.builder) > 80:
        raise Refused(_("请填写施工单位，不超过 80 个字"), field="builder")
    if new.ends is not None and new.ends < new.starts:
        raise Refused(_("完工不能早于开工"), field="ends")
    if new.work_to <= new.work_from:
        raise Refused(_("施工时间的结束要晚于开始"), field="work_to")
    if len(new.service_phone) > 40:
        raise Refused(_("电话不超过 40 个字"), field="service_phone")
    return {
        **placed.plain(new),
        "builder": new.builder.strip(),
        "service_phone": new.service_phone.strip(),
        "starts": new.starts,
        "ends": new.ends,
        "work_from": new.work_from,
        "work_to": new.work_to,
    }
