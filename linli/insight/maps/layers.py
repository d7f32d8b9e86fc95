"""The layers of the map: what each holds, who may see it, and how one thing of it is named.

A layer answers for one region inside the actor's own. It starts from `visible_to` of the room it shows, so the first wall is that
room's; the second is the database's. Layers of points give marks; the others only counts by grid.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.insight.maps import policy
from linli.insight.maps.rules import Also, Mark
from linli.people.accounts.models import Post
from linli.people.accounts.queries import roles
from linli.people.answering import queries as answering
from linli.people.answering import rules as naming
from linli.people.residents import queries as residents
from linli.places.addresses import queries as addresses
from linli.places.addresses.models import Building, BuildingPart
from linli.places.regions.queries import in_subtree
from linli.places.sites import policy as kinds
from linli.places.sites import queries as sites
from linli.places.sites import showing
from linli.procedures import queries as procedures

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a layer as lists and tips name it. url: its page in the register; point: (longitude, latitude)."""

    id: int
    name: str
    note: str
    place: str
    url: str
    point: tuple[float, float] | None = None
    flagged: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """may: who is offered it. marks: its points, None for a layer of counts. rows, item: its things by name, for lists.

    on: shown unless somebody switches it off; flag: what a flagged mark means; unit: the word after a count; also: what lies in
    another place, too, beside the one where it is counted.
    """

    code: str
    name: Any
    unit: Any
    may: Callable[[Actor], bool]
    counts: Callable[[Actor, str], Counts]
    marks: Callable[[Actor, str, datetime], list[Mark]] | None = None
    rows: Callable[[Actor, str], "QuerySet[Any]"] | None = None
    item: Callable[[Actor, Any, datetime], Item] | None = None
    on: bool = False
    flag: Any = ""
    also: Callable[[Actor, str], list[Also]] | None = None


def _by_place(rows: "QuerySet[Any]", of: str = "pk") -> Counts:
    found = rows.order_by().values("region_code").annotate(number=Count(of, distinct=True))
    return dict(found.values_list("region_code", "number"))


def _always(actor: Actor) -> bool:
    return True


# --- buildings ------------------------------------------------------------------------------------------------------


def _buildings(actor: Actor, prefix: str) -> QuerySet[Building]:
    inside = BuildingPart.objects.filter(in_subtree(prefix, "region_code"))
    here = Q(in_subtree(prefix, "region_code")) | Q(pk__in=inside.values("building"))
    return Building.objects.filter(here, valid_to=None).order_by("region_code", "compound", "order", "id")


def _parts_elsewhere(prefix: str) -> dict[int, str]:
    """Buildings of other places that reach into this one with a unit: where they stand here."""
    rows = BuildingPart.objects.filter(in_subtree(prefix, "region_code"), building__valid_to=None)
    rows = rows.exclude(in_subtree(prefix, "building__region_code")).order_by("-region_code")
    return dict(rows.values_list("building_id", "region_code"))


def _building_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    elsewhere = _parts_elsewhere(prefix)
    dwellings: dict[int, int] = {}
    if actor.may("addresses.view"):
        rows = addresses.dwellings_visible_to(actor).filter(in_subtree(prefix, "region_code"), valid_to=None)
        dwellings = dict(rows.order_by().values("building").annotate(n=Count("pk")).values_list("building", "n"))
    found = _buildings(actor, prefix).order_by().values_list("pk", "longitude", "latitude", "region_code")
    return [Mark(pk, lon, lat, elsewhere.get(pk, code), dwellings.get(pk, 0)) for pk, lon, lat, code in found]


def _building_counts(actor: Actor, prefix: str) -> Counts:
    own = Building.objects.filter(in_subtree(prefix, "region_code"), valid_to=None)
    counts = _by_place(own)
    for code in _parts_elsewhere(prefix).values():
        counts[code] = counts.get(code, 0) + 1
    return counts


def _buildings_across(actor: Actor, prefix: str) -> list[Also]:
    """Buildings across grids stand in one and are counted in each."""
    elsewhere = _parts_elsewhere(prefix)
    rows = BuildingPart.objects.filter(in_subtree(prefix, "region_code"), building__valid_to=None)
    found = rows.values_list("building_id", "building__region_code", "region_code").order_by(
        "building_id", "region_code"
    )
    return list(dict.fromkeys(Also(pk, elsewhere.get(pk, own), other) for pk, own, other in found))


def _named_buildings(actor: Actor, prefix: str) -> "QuerySet[Any]":
    rows = _buildings(actor, prefix).select_related("compound")
    return addresses.with_manager(rows, timezone.localdate(now()), "compound_id")


def _building_item(actor: Actor, row: Any, moment: datetime) -> Item:
    floors = _("%(floors)d 层") % {"floors": row.floors} if row.floors else ""
    note = "、".join(part for part in ("" if row.manager else _("无物业管理"), floors) if part)
    url = reverse("addresses:building", args=[row.pk])
    return Item(row.pk, str(row), note, row.region_code, url, (row.longitude, row.latitude))


# --- sites, things, construction sites ------------------------------------------------------------------------------


def _may_sites(actor: Actor) -> bool:
    return actor.may("sites.view")


def _sites(actor: Actor, prefix: str) -> "QuerySet[Any]":
    rows: QuerySet[Any] = sites.within(sites.visible_to(actor), prefix).filter(valid_to=None)
    return rows.order_by("region_code", "name", "id")


def _things(actor: Actor, prefix: str) -> "QuerySet[Any]":
    rows: QuerySet[Any] = sites.within(sites.things_visible_to(actor), prefix).filter(valid_to=None)
    return rows.order_by("region_code", "kind", "name", "id")


def _constructions(actor: Actor, prefix: str) -> "QuerySet[Any]":
    rows: QuerySet[Any] = sites.within(sites.constructions_visible_to(actor), prefix).filter(valid_to=None)
    return rows.order_by("region_code", "name", "id")


def _marks_of(rows: "QuerySet[Any]", *more: str, flagged: Callable[..., bool]) -> list[Mark]:
    found = rows.order_by().values_list("pk", "longitude", "latitude", "region_code", *more)
    return [Mark(pk, lon, lat, code, 0, flagged(*rest)) for pk, lon, lat, code, *rest in found]


def _site_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    return _marks_of(_sites(actor, prefix), flagged=lambda: False)


def _thing_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    return _marks_of(_things(actor, prefix), "state", flagged=lambda state: state != "good")


def _construction_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    today = timezone.localdate(moment)
    return _marks_of(_constructions(actor, prefix), "ends", flagged=lambda ends: _past(ends, today))


def _past(ends: date | None, today: date) -> bool:
    return ends is not None and ends < today


def _site_item(actor: Actor, row: Any, moment: datetime) -> Item:
    name = "sites:site" if actor.may("sites.view") else "sites:public_site"
    note = kinds.site_kinds().get(row.kind, row.kind)
    return Item(row.pk, row.name, note, row.region_code, reverse(name, args=[row.pk]), (row.longitude, row.latitude))


def _thing_item(actor: Actor, row: Any, moment: datetime) -> Item:
    url, bad = reverse("sites:thing", args=[row.pk]), row.state != "good"
    point = (row.longitude, row.latitude)
    return Item(row.pk, row.name, row.kind, row.region_code, url, point, row.get_state_display() if bad else "")


def _construction_item(actor: Actor, row: Any, moment: datetime) -> Item:
    stage, _tone = showing.stage(row, timezone.localdate(moment))
    late = _past(row.ends, timezone.localdate(moment))
    url, note = reverse("sites:construction", args=[row.pk]), row.builder if late else f"{row.builder} · {stage}"
    return Item(row.pk, row.name, note, row.region_code, url, (row.longitude, row.latitude), stage if late else "")


# --- open cases -----------------------------------------------------------------------------------------------------


def _cases(actor: Actor, prefix: str) -> "QuerySet[Any]":
    rows = procedures.visible_to(actor).filter(procedures.within(prefix), kind="case", closed_at=None)
    return rows.order_by("due_at", "id")


def _case_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    rows = _cases(actor, prefix).filter(case__longitude__isnull=False).order_by()
    found = rows.values_list("pk", "case__longitude", "case__latitude", "region_code", "due_at")
    return [Mark(pk, lon, lat, code, 0, due is not None and due < moment) for pk, lon, lat, code, due in found]


def _case_item(actor: Actor, row: Any, moment: datetime) -> Item:
    late = _("已超期") if row.due_at is not None and row.due_at < moment else ""
    point = (row.case.longitude, row.case.latitude) if row.case.longitude is not None else None
    url = reverse("cases:detail", args=[row.number])
    return Item(row.pk, masks.scrub(row.title), row.number, row.region_code, url, point, late)


# --- care, and who answers ------------------------------------------------------------------------------------------


def may_count_care(actor: Actor) -> bool:
    """Whoever visits counts them; whoever reads figures is told numbers over the limit."""
    return actor.may("residents.care") or actor.may("boards.view")


def sees_care(actor: Actor) -> bool:
    """Whether every number of visits due may be told, however small."""
    return actor.may("residents.care")


def _care_counts(actor: Actor, prefix: str) -> Counts:
    # Counted as by somebody who visits in the same regions; what leaves is decided by rules.guarded.
    eyes = replace(actor, rights=actor.rights | {"residents.care"})
    # Two records that turned out to be one person are one visit.
    rows = residents.due_care(eyes).annotate(who=Coalesce("person__merged_into", "person"))
    return _by_place(rows.filter(in_subtree(prefix, "region_code")), "who")


def _posts(actor: Actor, prefix: str) -> QuerySet[Post]:
    today = timezone.localdate(now())
    held = Q(starts__lte=today) & (Q(ends=None) | Q(ends__gte=today))
    rows = Post.objects.filter(held, in_subtree(prefix, "region_code"), account__is_active=True)
    rows = rows.filter(role__in=policy.in_force().responsible, region_code__regex=r"^.{12}")
    return rows.order_by("region_code", "role", "id")


def _post_item(actor: Actor, row: Post, moment: datetime) -> Item:
    role = dict(roles()).get(row.role, row.role)
    note = f"{role} · {row.organisation}"
    return Item(
        row.pk, row.account.name, note, row.region_code, reverse("organisations:page", args=[row.organisation_id])
    )


def _charges(actor: Actor, prefix: str) -> "QuerySet[Any]":
    """Who is named for a building, a compound, a building site or a region: heads of buildings, officials, volunteers."""
    rows = answering.visible_to(actor).filter(
        answering.held(timezone.localdate(now())), in_subtree(prefix, "region_code")
    )
    return rows.order_by("region_code", "role", "id")


def _charge_marks(actor: Actor, prefix: str, moment: datetime) -> list[Mark]:
    """At the place they are named for; whoever is named for a region has no point."""
    lon, lat = (Coalesce(*(f"{of}__{side}" for of in _AT)) for side in ("longitude", "latitude"))
    rows = _charges(actor, prefix).order_by().annotate(lon=lon, lat=lat).filter(lon__isnull=False)
    return [Mark(*row) for row in rows.values_list("pk", "lon", "lat", "region_code")]


# Where a charge lies: the nearest of these.
_AT = ("building", "construction", "compound")


def _charge_item(actor: Actor, row: Any, moment: datetime) -> Item:
    held = answering.holder(row)
    role = dict(naming.named(answering.policy())).get(row.role, row.role)
    # Of people who are not staff: what the register shows this viewer, which is a mask.
    note = " · ".join(part for part in (role, held.note, held.phone or held.masked.partition(" ")[2]) if part)
    at = row.building or row.construction or row.compound
    url = reverse("answering:charges", query={"role": row.role})
    if row.building_id:
        url = reverse("answering:door", args=[row.building_id])
    elif row.construction_id:
        url = reverse("sites:construction", args=[row.construction_id])
    elif row.compound_id:
        url = reverse("addresses:compound", args=[row.compound_id])
    elif row.serves_id:
        url = reverse("organisations:page", args=[row.serves_id])
    name = f"{held.label}（{at}）" if at else held.label
    return Item(row.pk, name, note, row.region_code, url, (at.longitude, at.latitude) if at else None)


LAYERS: dict[str, Layer] = {
    layer.code: layer
    for layer in (
        Layer(
            "cases", gettext_lazy("在办诉求"), gettext_lazy("件"), lambda actor: actor.may("cases.view"),
            lambda actor, prefix: _by_place(_cases(actor, prefix)), _case_marks,
            lambda actor, prefix: _cases(actor, prefix).select_related("case"), _case_item, on=True,
            flag=gettext_lazy("已超期"),
        ),
        Layer(
            "buildings", gettext_lazy("楼栋"), gettext_lazy("栋"), _always, _building_counts, _building_marks,
            _named_buildings, _building_item, on=True, also=_buildings_across,
        ),
        Layer(
            "sites", gettext_lazy("服务阵地"), gettext_lazy("个"), _always,
            lambda actor, prefix: _by_place(_sites(actor, prefix)), _site_marks, _sites, _site_item, on=True,
        ),
        Layer(
            "things", gettext_lazy("部件"), gettext_lazy("个"), _may_sites,
            lambda actor, prefix: _by_place(_things(actor, prefix)), _thing_marks, _things, _thing_item,
            flag=gettext_lazy("损坏、缺失"),
        ),
        Layer(
            "constructions", gettext_lazy("工地"), gettext_lazy("处"), _may_sites,
            lambda actor, prefix: _by_place(_constructions(actor, prefix)), _construction_marks, _constructions,
            _construction_item, flag=gettext_lazy("过了计划完工日"),
        ),
        Layer("care", gettext_lazy("待走访"), gettext_lazy("人"), may_count_care, _care_counts),
        Layer(
            "people", gettext_lazy("负责的人"), gettext_lazy("人"), lambda actor: actor.may("organisations.view"),
            lambda actor, prefix: _by_place(_posts(actor, prefix)), None,
            lambda actor, prefix: _posts(actor, prefix).select_related("account", "organisation"), _post_item,
        ),
        Layer(
            "charges", gettext_lazy("楼门长、包联"), gettext_lazy("项"), lambda actor: actor.may("answering.view"),
            lambda actor, prefix: _by_place(_charges(actor, prefix)), _charge_marks,
            lambda actor, prefix: _charges(actor, prefix).select_related(*answering.SHOWN), _charge_item,
        ),
    )
}  # fmt: skip


def offered(actor: Actor) -> list[Layer]:
    """The layers this actor may switch on, in the order of the legend."""
    return [layer for layer in LAYERS.values() if layer.may(actor)]


def items(layer: Layer, actor: Actor, rows: Iterable[Any], moment: datetime) -> list[Item]:
    """These rows of the layer by name."""
    assert layer.item is not None, "a layer of counts has no things"
    return [layer.item(actor, row, moment) for row in rows]
