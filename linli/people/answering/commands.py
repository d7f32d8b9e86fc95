"""Naming who answers for a place, ending it, and opening somebody's own number."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.crypto import Sealed, next_pks, seal_into
from linli.base.exchange import identifiers
from linli.base.privacy import reading
from linli.people.accounts.models import Post
from linli.people.answering import queries, rules
from linli.people.answering.models import Charge
from linli.people.organisations.commands.checking import day_of, reach, region_of, today
from linli.people.organisations.models import Organisation
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.parsing import door_key

FIELDS = frozenset({"answering.charge.name", "answering.charge.phone"})
PLACES = {"region": "网格或社区", "compound": "小区", "building": "楼栋", "unit": "单元"}


def unit_key(text: str) -> str:
    """The name of a unit as dwellings have it: 2 单元 -> 2."""
    return door_key(text.strip().removesuffix("单元"))[:12]


def _number(phone: str) -> str:
    try:
        return identifiers.phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Refused(str(error), field="phone") from error


def _region(building: Building | None, compound: Compound | None, unit: str, given: str) -> str:
    if building is not None:
        return queries.place_of(building, unit).region_code
    return compound.region_code if compound is not None else region_of(given)


@command("answering.charge")
def charge(
    actor: Actor,
    *,
    role: str,
    region_code: str = "",
    compound: Compound | None = None,
    building: Building | None = None,
    unit_name: str = "",
    post: Post | None = None,
    name: str = "",
    phone: str = "",
    organisation: Organisation | None = None,
    basis: str = "",
    starts: date | None = None,
) -> Charge:
    """Somebody answers for a unit, a building, a compound or a region: staff by their post, others by name.

    Refused: a role that nobody is named for at such a place, no one named, a place out of reach, staff who left.
    """
    unit_name = unit_key(unit_name)
    at = rules.place(compound=compound is not None, building=building is not None, unit=unit_name)
    data = queries.policy()
    row = rules.role(data, role)
    if not rules.may_charge(data, role, at):
        words = "、".join(PLACES[one] for one in row.get("at", [])) if row else ""
        said = _("%(role)s要指派到%(places)s。") % {"role": row["name"], "places": words} if words else _("请选角色。")
        raise Refused(said, field="role")
    if building is not None:
        compound = building.compound
    code = _region(building, compound, unit_name, region_code)
    reach(actor, code)
    if any(one is not None and one.valid_to is not None for one in (building, compound)):
        raise Refused(_("这里已经停用。"), field="building" if building else "compound")
    if (post is None) == (not name.strip()):
        raise Refused(_("请选岗位，或者写姓名，二者选一。"), field="name")
    if row.get("staff") and post is None:
        raise Refused(_("%(role)s要从在任岗位里选。") % {"role": row["name"]}, field="post")
    if post is not None and (post.ends is not None and post.ends < today()):
        raise Refused(_("这个岗位已经离任。"), field="post")
    made = Charge(
        pk=next_pks(Charge)[0],
        role=role,
        region_code=code,
        compound=compound,
        building=building,
        unit_name=unit_name,
        post=post,
        organisation=organisation,
        basis=basis.strip()[:120],
        starts=day_of(starts),
    )
    seal_into(made, name=" ".join(name.split())[:40], phone=_number(phone))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("已经指派过了。"), field="post") from error
    return made


def _checked(
    actor: Actor, data: Mapping[str, Any], row: Mapping[str, Any], *, at: str, code: str, posts: set[int]
) -> str:
    """The telephone number of one row as it is stored. Refused: what a single charge would be refused for."""
    if not rules.may_charge(data, row["role"], at):
        raise Refused(_("角色或指派的范围不对。"), field="role")
    reach(actor, code)
    if bool(row.get("post")) == bool(row.get("name")):
        raise Refused(_("请选岗位，或者写姓名，二者选一。"), field="name")
    if row.get("post") and row["post"] not in posts:
        raise Refused(_("这个岗位已经离任。"), field="post")
    return _number(str(row.get("phone") or ""))


@command("answering.charge_many", right="answering.charge")
def charge_many(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Name many at once, all or none. A row: role, building or compound (ids) or region_code; name and phone, or post
    (ids); may have unit_name, organisation (id), basis, starts. Returns the ids in their order.

    Refused with the first problem; `rule` is "row:<number from 1>".
    """
    data = queries.policy()
    buildings = Building.objects.select_related("compound").in_bulk(
        {row["building"] for row in rows if row.get("building")}
    )
    compounds = Compound.objects.in_bulk({row["compound"] for row in rows if row.get("compound")})
    posts = set(
        Post.objects.filter(pk__in={row["post"] for row in rows if row.get("post")}, ends=None).values_list(
            "pk", flat=True
        )
    )
    made = []
    for number, (pk, row) in enumerate(zip(next_pks(Charge, len(rows)), rows, strict=True), 1):
        building = buildings.get(row.get("building") or 0)
        compound = building.compound if building else compounds.get(row.get("compound") or 0)
        unit = unit_key(str(row.get("unit_name") or ""))
        at = rules.place(compound=compound is not None, building=building is not None, unit=unit)
        near = building.region_code if building else ""
        code = near or (compound.region_code if compound else str(row.get("region_code") or ""))
        try:
            phone = _checked(actor, data, row, at=at, code=code, posts=posts)
        except Refused as refused:
            raise Refused(
                _("第 %(number)d 行：%(reason)s") % {"number": number, "reason": refused.message},
                field=refused.field,
                rule=f"row:{number}",
            ) from refused
        one = Charge(
            pk=pk,
            role=row["role"],
            region_code=code,
            compound=compound,
            building=building,
            unit_name=unit,
            post_id=row.get("post"),
            organisation_id=row.get("organisation"),
            basis=str(row.get("basis") or "")[:120],
            starts=day_of(row.get("starts")),
        )
        seal_into(one, name=str(row.get("name") or "").strip()[:40], phone=phone)
        made.append(one)
    Charge.objects.bulk_create(made)
    detail(count=len(made))
    return [one.pk for one in made]


@command("answering.discharge", right="answering.charge")
def discharge(actor: Actor, row: Charge, *, ends: date | None = None) -> Charge:
    """The last day on which they answer for the place; today when left out."""
    reach(actor, row.region_code)
    if row.ends is not None:
        raise Refused(_("这项指派已经结束。"))
    row.ends = max(day_of(ends), row.starts)
    row.save(update_fields=["ends"])
    return row


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
