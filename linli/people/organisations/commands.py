"""Founding, renaming, moving and closing organisations, and which regions they answer for. Nothing else writes them."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.people.organisations import queries, rules
from linli.people.organisations.importing import Values, codes, plan
from linli.people.organisations.models import Organisation, Responsibility
from linli.places.regions.models import Region


def _today() -> date:
    return timezone.localdate(now())


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Refused("请填写名称，不超过 80 个字。", field="name")
    return name


def _checked_region(code: str) -> str:
    if not Region.objects.filter(code=code).exists():
        raise Refused("没有这个区划，请填写完整的区划代码。", field="region_code")
    return code


def _check_parent(kind: str, parent: Organisation | None) -> None:
    if parent is not None and parent.valid_to is not None:
        raise Refused("这个上级已经撤销。", field="parent")
    if not rules.may_stand_under(kind, parent.kind if parent is not None else None):
        labels = dict(Organisation.Kind.choices)
        above = "、".join(str(labels[one]) for one in rules.PARENTS[kind])
        raise Refused(f"{labels[kind]}的上级应当是{above}。", field="parent", rule="组织层级")


@command("organisations.found", right="organisations.edit")
def found(
    actor: Actor,
    *,
    name: str,
    kind: str,
    region_code: str,
    parent: Organisation | None = None,
    short_name: str = "",
    subject: str = "",
    service_phone: str = "",
    valid_from: date | None = None,
) -> Organisation:
    """A new organisation. subject: field of duty by which dispatch rules find a department, such as
    `urban_management`."""
    if kind not in Organisation.Kind.values:
        raise Refused("请从清单里选类别。", field="kind")
    _check_parent(kind, parent)
    try:
        with transaction.atomic():
            made = Organisation.objects.create(
                name=_checked_name(name),
                short_name=short_name.strip()[:30],
                kind=kind,
                subject=subject.strip()[:40],
                parent=parent,
                region_code=_checked_region(region_code),
                service_phone=service_phone.strip()[:30],
                valid_from=valid_from or _today(),
            )
    except IntegrityError as error:
        raise Refused("这个区划里已经有同名同类的组织。", field="name") from error
    queries.forget()
    return made


@command("organisations.rename", right="organisations.edit")
def rename(
    actor: Actor, organisation: Organisation, *, name: str, short_name: str = "", service_phone: str = ""
) -> Organisation:
    """A new name, short name or service telephone; what was recorded under the old name stays as it was written."""
    _still_there(organisation)
    detail(before=organisation.name)
    organisation.name = _checked_name(name)
    organisation.short_name, organisation.service_phone = short_name.strip()[:30], service_phone.strip()[:30]
    try:
        with transaction.atomic():
            organisation.save(update_fields=["name", "short_name", "service_phone"])
    except IntegrityError as error:
        raise Refused("这个区划里已经有同名同类的组织。", field="name") from error
    queries.forget()
    return organisation


@command("organisations.move", right="organisations.edit")
def move(actor: Actor, organisation: Organisation, *, parent: Organisation | None = None) -> Organisation:
    """Another parent, or none."""
    _still_there(organisation)
    _check_parent(organisation.kind, parent)
    parents = dict(Organisation.objects.values_list("id", "parent_id"))
    if rules.makes_circle(organisation.pk, parent.pk if parent is not None else None, parents):
        raise Refused("不能把组织放到自己的下级下面。", field="parent")
    detail(before=organisation.parent_id)
    organisation.parent = parent
    organisation.save(update_fields=["parent"])
    queries.forget()
    return organisation


@command("organisations.close", right="organisations.edit")
def close(actor: Actor, organisation: Organisation, *, on: date | None = None) -> Organisation:
    """Dissolve an organisation that nothing depends on any more: no branches, no posts, no open work."""
    _still_there(organisation)
    day = on or _today()
    if day > _today():
        raise Refused("撤销日期不能在将来。", field="on")
    in_the_way = queries.in_the_way(organisation, _today())
    if in_the_way:
        raise Refused("还不能撤销：" + "；".join(in_the_way) + "。", rule="撤销前先交接")
    organisation.valid_to = day
    organisation.save(update_fields=["valid_to"])
    organisation.responsibilities.filter(ends=None).update(ends=day)
    announce("organisations.closed", {"organisation": organisation.pk})
    queries.forget()
    return organisation


@command("organisations.assign_region", right="organisations.edit")
def assign_region(
    actor: Actor, organisation: Organisation, *, region_code: str, starts: date | None = None
) -> Responsibility:
    """From `starts` on (default today) the organisation answers for a region."""
    _still_there(organisation)
    try:
        with transaction.atomic():
            made = Responsibility.objects.create(
                organisation=organisation, region_code=_checked_region(region_code), starts=starts or _today()
            )
    except IntegrityError as error:
        raise Refused("这个组织已经负责这个区划。", field="region_code") from error
    queries.forget()
    return made


@command("organisations.end_region", right="organisations.edit")
def end_region(actor: Actor, responsibility: Responsibility, *, ends: date | None = None) -> Responsibility:
    """The last day on which it answers for the region; yesterday when left out."""
    if responsibility.ends is not None:
        raise Refused("这个责任区已经结束。")
    last = ends or _today() - timedelta(days=1)
    if last > _today():
        raise Refused("结束日期不能在将来。", field="ends")
    responsibility.ends = max(last, responsibility.starts)
    responsibility.save(update_fields=["ends"])
    queries.forget()
    return responsibility


@command("organisations.import_sheet", right="organisations.edit")
def import_sheet(actor: Actor, *, rows: Sequence[tuple[int, Values]], only_good: bool = False) -> dict[str, int]:
    """Found the organisations of a sheet, compared with those of this moment. Returns counts: created, same, refused.

    rows: (number, values by our columns) as `importing.read` gives them. Each goes through `found`, parents first.
    Refused: a row is wrong and `only_good` is not set; there is nothing to found.
    """
    wanted = plan(rows)
    refused = len({problem.row for problem in wanted.problems})
    if refused and not only_good:
        raise Refused(f"有 {refused} 行有错误，一行也没有写。", rule="organisations.sheet")
    if not wanted.created:
        raise Refused("没有可以新设的组织。", rule="organisations.sheet")
    made: dict[int, Organisation] = {}
    parents = Organisation.objects.in_bulk([row.parent for row in wanted.created if row.parent])
    for row in wanted.created:
        values = row.values
        above = made[row.above] if row.above is not None else parents.get(row.parent) if row.parent else None
        made[row.number] = found(
            actor,
            name=values["name"],
            kind=row.kind,
            region_code=values["region_code"],
            parent=above,
            short_name=values.get("short_name", ""),
            subject=values.get("subject", ""),
            service_phone=values.get("service_phone", ""),
        )
        for code in codes(values):
            assign_region(actor, made[row.number], region_code=code)
    counts = {"created": len(made), "same": len(wanted.same), "refused": refused}
    detail(**counts)
    return counts


def _still_there(organisation: Organisation) -> None:
    if organisation.valid_to is not None:
        raise Refused("这个组织已经撤销。")
