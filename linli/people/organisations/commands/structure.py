"""Founding, renaming, moving and closing organisations, and which regions they answer for. Nothing else writes them."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.people.organisations import history, queries, rules
from linli.people.organisations.commands.checking import day_of, name_of, region_of, still_there, today
from linli.people.organisations.importing import Values, codes, plan
from linli.people.organisations.models import Organisation, Responsibility


def _check_parent(kind: str, parent: Organisation | None) -> None:
    if parent is not None and parent.valid_to is not None:
        raise Refused("这个上级已经撤销。", field="parent")
    if not rules.may_stand_under(kind, parent.kind if parent is not None else None):
        labels = dict(Organisation.Kind.choices)
        above = "、".join(str(labels[one]) for one in rules.PARENTS[kind])
        words = f"{labels[kind]}的上级应当是{above}。" if above else f"{labels[kind]}没有上级。"
        raise Refused(words, field="parent", rule="组织层级")


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
                name=name_of(name),
                short_name=short_name.strip()[:30],
                kind=kind,
                subject=subject.strip()[:40],
                parent=parent,
                region_code=region_of(region_code),
                service_phone=service_phone.strip()[:30],
                valid_from=valid_from or today(),
            )
    except IntegrityError as error:
        raise Refused("这个区划里已经有同名同类的组织。", field="name") from error
    history.begin(made)
    queries.forget()
    return made


@command("organisations.rename", right="organisations.edit")
def rename(
    actor: Actor,
    organisation: Organisation,
    *,
    name: str,
    short_name: str = "",
    service_phone: str = "",
    on: date | None = None,
    basis: str = "",
) -> Organisation:
    """A new name, short name or service telephone; what was recorded under the old name stays as it was written.

    on: the day from which it is called so, today when left out; on every earlier day it is still found as it was.
    """
    still_there(organisation)
    detail(before=organisation.name)
    organisation.service_phone = service_phone.strip()[:30]
    named = {"name": name_of(name), "short_name": short_name.strip()[:30]}
    try:
        with transaction.atomic():
            organisation.save(update_fields=["service_phone"])
            if named != {key: getattr(organisation, key) for key in named}:
                history.change(organisation, on=day_of(on), basis=basis, **named)
    except IntegrityError as error:
        raise Refused("这个区划里已经有同名同类的组织。", field="name") from error
    queries.forget()
    return organisation


@command("organisations.move", right="organisations.edit")
def move(
    actor: Actor,
    organisation: Organisation,
    *,
    parent: Organisation | None = None,
    on: date | None = None,
    basis: str = "",
) -> Organisation:
    """Another parent, or none, from that day on (today when left out)."""
    still_there(organisation)
    _check_parent(organisation.kind, parent)
    parents = dict(Organisation.objects.values_list("id", "parent_id"))
    if rules.makes_circle(organisation.pk, parent.pk if parent is not None else None, parents):
        raise Refused("不能把组织放到自己的下级下面。", field="parent")
    detail(before=organisation.parent_id)
    return history.change(organisation, on=day_of(on), basis=basis, parent=parent)


@command("organisations.close", right="organisations.edit")
def close(actor: Actor, organisation: Organisation, *, on: date | None = None) -> Organisation:
    """Dissolve an organisation that nothing depends on any more: no branches, no posts, no open work."""
    still_there(organisation)
    day = day_of(on)
    in_the_way = queries.in_the_way(organisation, today())
    if in_the_way:
        raise Refused("还不能撤销：" + "；".join(in_the_way) + "。", rule="撤销前先交接")
    history.end(organisation, on=day)
    announce("organisations.closed", {"organisation": organisation.pk})
    return organisation


@command("organisations.assign_region", right="organisations.edit")
def assign_region(
    actor: Actor, organisation: Organisation, *, region_code: str, starts: date | None = None
) -> Responsibility:
    """From `starts` on (default today) the organisation answers for a region."""
    still_there(organisation)
    try:
        with transaction.atomic():
            made = Responsibility.objects.create(
                organisation=organisation, region_code=region_of(region_code), starts=starts or today()
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
    last = ends or today() - timedelta(days=1)
    if last > today():
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
