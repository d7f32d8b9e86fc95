"""Naming who answers for a place or a unit, ending it, noting where they called, and opening somebody's own number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.crypto import Sealed, next_pks, seal_into
from linli.base.exchange import identifiers
from linli.base.privacy import reading
from linli.people.accounts.models import Post
from linli.people.answering import queries, rules
from linli.people.answering.models import Charge, HouseCall
from linli.people.organisations.commands.checking import day_of, reach, today
from linli.people.organisations.models import Organisation
from linli.people.residents.commands.common import opened
from linli.people.residents.commands.lives import taken_back
from linli.people.residents.models import Person
from linli.places.addresses.models import Building, BuildingPart, Compound
from linli.places.addresses.parsing import door_key
from linli.places.regions.models import Region
from linli.places.sites.models import ConstructionSite

FIELDS = frozenset({"answering.charge.name", "answering.charge.phone"})
SAME_PLACE = ("role", "region_code", "compound_id", "building_id", "unit_name", "construction_id", "serves_id")
PLACES = {
    "region": "网格或社区",
    "compound": "小区",
    "building": "楼栋",
    "unit": "单元",
    "construction": "工地",
    "organisation": "单位",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Who answers for what, before it is checked. Exactly one of post and name; at most one kind of place."""

    role: str
    region_code: str = ""
    compound: Compound | None = None
    building: Building | None = None
    unit_name: str = ""
    construction: ConstructionSite | None = None
    serves: Organisation | None = None
    standing: str = ""
    post: Post | None = None
    name: str = ""
    phone: str = ""
    organisation: Organisation | None = None
    basis: str = ""
    starts: date | None = None
    ends: date | None = None

    @property
    def place(self) -> Compound | Building | ConstructionSite | Organisation | None:
        return self.serves or self.construction or self.building or self.compound


def unit_key(text: str) -> str:
    """The name of a unit as dwellings have it: 2 单元 -> 2."""
    return door_key(text.strip().removesuffix("单元"))[:12]


def _number(phone: str) -> str:
    try:
        return identifiers.own_phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Refused(str(error), field="phone") from error


def regions_of(every: Sequence[Named]) -> dict[tuple[int, str], str]:
    """Where the units lie that are in another grid than their building, and which of the named regions there are."""
    units = {(one.building.pk, unit_key(one.unit_name)) for one in every if one.building and one.unit_name}
    parts = BuildingPart.objects.filter(building__in={key for key, _unit in units}) if units else ()
    found = {(part.building_id, part.unit_name): part.region_code for part in parts}
    codes = {one.region_code for one in every if one.place is None}
    known = Region.objects.filter(code__in=codes).values_list("code", flat=True) if codes else ()
    return found | {(0, code): code for code in known}


def region_of(one: Named, unit: str, known: Mapping[tuple[int, str], str]) -> str:
    if one.building is not None:
        there = known.get((one.building.pk, unit), "") if unit else ""
        return there or one.building.region_code or one.building.compound.region_code
    if one.place is not None:
        return one.place.region_code
    if (0, one.region_code) not in known:
        raise Refused(_("没有这个区划，请填写完整的区划代码。"), field="region_code")
    return one.region_code


def _check_role(data: Mapping[str, Any], one: Named, at: str) -> Mapping[str, Any]:
    row = rules.role(data, one.role)
    if not rules.may_charge(data, one.role, at):
        words = "、".join(PLACES[each] for each in row.get("at", [])) if row else ""
        said = _("%(role)s要指派到%(places)s。") % {"role": row["name"], "places": words} if words else _("请选角色。")
        raise Refused(said, field="role")
    labels = dict(Organisation.Kind.choices)
    for organisation, kinds, field in (
        (one.serves, row.get("kinds"), "serves"),
        (one.organisation, row.get("from_kinds"), "organisation"),
    ):
        if kinds and field == "organisation" and organisation is None and one.post is None:
            raise Refused(_("请选所属单位。"), field=field)
        if kinds and organisation is not None and organisation.kind not in kinds:
            words = "、".join(str(labels[kind]) for kind in kinds)
            raise Refused(_("%(role)s：请选%(kinds)s。") % {"role": row["name"], "kinds": words}, field=field)
    if one.standing and one.standing not in dict(rules.standings(data, one.role)):
        raise Refused(_("请从清单里选身份。"), field="standing")
    return row


def _check_person(data: Mapping[str, Any], row: Mapping[str, Any], one: Named) -> None:
    if (one.post is None) == (not one.name.strip()):
        raise Refused(_("请选岗位，或者写姓名，二者选一。"), field="name")
    outside = rules.is_outside(data, one.standing)
    if row.get("staff") and one.post is None and not outside:
        raise Refused(_("%(role)s要从在任岗位里选。") % {"role": row["name"]}, field="post")
    if outside and one.post is None and row.get("staff") and one.organisation is None:
        raise Refused(_("请写是哪个单位派来的。"), field="organisation")
    if one.post is not None and one.post.ends is not None and one.post.ends < today():
        raise Refused(_("这个岗位已经离任。"), field="post")


def _built(actor: Actor, data: Mapping[str, Any], pk: int, one: Named, known: Mapping[tuple[int, str], str]) -> Charge:
    """The row of one charge, checked. Refused: a role nobody is named for there, no one named, a place out of reach or out
    of use, staff who left, an end before its beginning."""
    unit = unit_key(one.unit_name)
    at = rules.place(
        compound=one.compound is not None,
        building=one.building is not None,
        unit=unit,
        construction=one.construction is not None,
        serves=one.serves is not None,
    )
    row = _check_role(data, one, at)
    code = region_of(one, unit, known)
    reach(actor, code)
    if one.place is not None and one.place.valid_to is not None:
        raise Refused(_("这里已经停用。"), field="serves" if one.serves else "building" if one.building else "compound")
    _check_person(data, row, one)
    starts = day_of(one.starts)
    if one.ends is not None and one.ends < starts:
        raise Refused(_("结束不能早于开始。"), field="ends")
    made = Charge(
        pk=pk,
        role=one.role,
        region_code=code,
        compound=one.building.compound if one.building is not None else one.compound,
        building=one.building,
        unit_name=unit,
        construction=one.construction,
        serves=one.serves,
        standing=one.standing,
        post=one.post,
        organisation=one.organisation,
        basis=one.basis.strip()[:120],
        starts=starts,
        ends=one.ends,
    )
    seal_into(made, name=" ".join(one.name.split())[:40], phone=_number(one.phone))
    return made


@command("answering.charge")
def charge(
    actor: Actor,
    *,
    role: str,
    region_code: str = "",
    compound: Compound | None = None,
    building: Building | None = None,
    unit_name: str = "",
    construction: ConstructionSite | None = None,
    serves: Organisation | None = None,
    standing: str = "",
    post: Post | None = None,
    name: str = "",
    phone: str = "",
    organisation: Organisation | None = None,
    basis: str = "",
    starts: date | None = None,
    ends: date | None = None,
) -> Charge:
    """Somebody answers for a place or serves at a unit: staff by their post, others by name. standing: as what they are
    sent; organisation: where they come from; ends: the last day of their term, when one was set.

    Refused as `_built` says; the same post for the same twice.
    """
    one = Named(**{key: value for key, value in locals().items() if key != "actor"})
    made = _built(actor, queries.policy(), next_pks(Charge)[0], one, regions_of([one]))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("已经指派过了。"), field="post") from error
    return made


KEYS: Mapping[str, Any] = {
    "building": Building.objects.select_related("compound"),
    "compound": Compound.objects.all(),
    "construction": ConstructionSite.objects.all(),
    "serves": Organisation.objects.all(),
    "organisation": Organisation.objects.all(),
    "post": Post.objects.all(),
}


@command("answering.charge_many", right="answering.charge")
def charge_many(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Name many at once, all or none. A row: role and what else `Named` holds; places, units and posts by their ids.
    Returns the ids in their order.

    Refused with the first problem; `rule` is "row:<number from 1>".
    """
    data = queries.policy()
    held = {
        key: known.all().in_bulk({row[key] for row in rows if row.get(key)})
        for key, known in KEYS.items()
        if any(row.get(key) for row in rows)
    }
    every = [
        Named(
            **{key: held[key].get(value) if key in held else value for key, value in row.items() if value is not None}
        )
        for row in rows
    ]
    known, made = regions_of(every), []
    for number, (pk, one) in enumerate(zip(next_pks(Charge, len(rows)), every, strict=True), 1):
        try:
            made.append(_built(actor, data, pk, one, known))
        except Refused as refused:
            raise Refused(
                _("第 %(number)d 行：%(reason)s") % {"number": number, "reason": refused.message},
                field=refused.field,
                rule=f"row:{number}",
            ) from refused
    Charge.objects.bulk_create(made)
    detail(count=len(made))
    return [one.pk for one in made]


@command("answering.discharge", right="answering.charge")
def discharge(actor: Actor, row: Charge, *, ends: date | None = None) -> Charge:
    """The last day on which they answer for it; today when left out. Refused: one that is over."""
    reach(actor, row.region_code)
    last = max(day_of(ends), row.starts)
    if row.ends is not None and row.ends <= last:
        raise Refused(_("这项指派已经结束。"))
    row.ends = last
    row.save(update_fields=["ends"])
    return row


@command("answering.follow_merger")
def follow_merger(actor: Actor, *, organisation: int, other: int) -> int:
    """Whoever serves at a unit that was on the register twice, or comes from it, belongs to the record that stays. Returns how
    many rows. Run behind the event of the merging."""
    running = Charge.objects.filter(Q(ends=None) | Q(ends__gte=today()))
    moved = running.filter(serves=other).update(serves=organisation)
    moved += running.filter(organisation=other).update(organisation=organisation)
    detail(moved=moved)
    return moved


@command("answering.follow_death", right="answering.charge")
def follow_death(actor: Actor, *, person: int) -> int:
    """Whoever has died answers for no place any more: named by the same name and number in the same sub-district. When the death was noted by
    mistake what it ended runs again, unless somebody else has been named for the place since. Returns how many changed.

    Reads how the person stands now, so that it may be told late, twice or out of order.
    """
    row = Person.objects.filter(pk=person).first()
    changed = 0
    if row is not None and row.died_on is not None:
        for one in _of(actor, row, _running()):
            one.ends = max(row.died_on, one.starts)
            one.save(update_fields=["ends"])
            changed += 1
    elif row is not None and (day := taken_back(actor, row)):
        for one in _of(actor, row, Q(ends=day) | Q(ends=F("starts"), ends__gt=day)):
            same = {name: getattr(one, name) for name in SAME_PLACE}
            if not Charge.objects.filter(_running(), **same).exclude(pk=one.pk).exists():
                one.ends = None
                one.save(update_fields=["ends"])
                changed += 1
    detail(changed=changed)
    return changed


def _running() -> Q:
    return Q(ends=None) | Q(ends__gte=today())


def _of(actor: Actor, row: Person, when: Q) -> list[Charge]:
    """Charges of somebody of the same name and number in the same sub-district."""
    wanted = (opened(actor, row.name), opened(actor, row.phone))
    found = Charge.objects.filter(when, post=None, region_code__startswith=row.region_code[:9]) if all(wanted) else ()
    return [one for one in found if (opened(actor, one.name), opened(actor, one.phone)) == wanted]


@command("answering.note_calls")
def note_calls(actor: Actor, row: Charge, *, dwellings: Sequence[int], on: date | None = None) -> int:
    """Whoever answers for the place was at these dwellings on that day; where it is noted already it stays. Returns how
    many were added.

    Refused: a charge that did not run on that day, a dwelling that is no part of its place, nothing new.
    """
    reach(actor, row.region_code)
    day = day_of(on)
    if day < row.starts or (row.ends is not None and day > row.ends):
        raise Refused(_("这项指派那天不在任期里。"), field="on")
    homes = list(queries.homes_of(row).filter(pk__in=list(dwellings)))
    if not homes or len(homes) != len(set(dwellings)):
        raise Refused(_("请选这里的房屋。"), field="dwellings")
    known = set(row.calls.filter(on=day).values_list("dwelling_id", flat=True))
    made = HouseCall.objects.bulk_create(
        HouseCall(charge=row, dwelling=home, region_code=home.region_code, on=day)
        for home in homes
        if home.pk not in known
    )
    if not made:
        raise Refused(_("这些入户已经记下了。"), field="dwellings")
    detail(count=len(made))
    return len(made)


@command("answering.reveal", repeatable=True)
def reveal(actor: Actor, row: Charge, *, purpose: str, note: str = "") -> dict[str, str]:
    """The name and the own number of somebody who answers for a place, for a purpose of the policy; noted first.

    Refused: no purpose, a charge that is over, a place out of reach, staff (whose numbers are those of their office).
    """
    reach(actor, row.region_code)
    if row.post_id is not None:
        raise Refused(_("工作人员请打单位的服务电话。"))
    purposes = {one["code"]: one["name"] for one in queries.policy()["purposes"]}
    running = row.ends is None or row.ends >= today()
    told = reading.purpose(
        actor, "answering.charge", row.pk, FIELDS, purpose=purpose, purposes=purposes, task=running, note=note
    )
    sealed = {"name": row.name, "phone": row.phone}
    return {name: value.reveal(told) if isinstance(value, Sealed) else "" for name, value in sealed.items()}
