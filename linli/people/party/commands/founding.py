"""Setting up: what was there before Linli, branches, groups, joint and provisional branches, alliances."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.people.organisations.models import Organisation
from linli.people.organisations.rules import PARTY, REGISTERED
from linli.people.party import queries, rules
from linli.people.party.commands.common import (
    FORMS,
    KINDS,
    belonging,
    check_branch,
    cover,
    day_of,
    document,
    formal_among,
    keeps_rolls,
    note,
    party,
    policy,
    reach,
    transfer,
    write,
)
from linli.people.party.commands.tracing import Tracing
from linli.people.party.models import Change, Coverage, Membership, PartyOrganisation, UnitSurvey
from linli.places.addresses.models import Building

Kind = Change.Kind


@dataclass(frozen=True, slots=True)
class New:
    """One that is to be set up. units, buildings: what it stands for. cards: who is in it from the first day."""

    name: str
    region_code: str
    parent: Organisation | None
    domain: str
    kind: str = KINDS.BRANCH
    cards: Sequence[int] = ()
    units: Sequence[Organisation] = ()
    buildings: Sequence[int] = ()
    exception: str = ""


# Whether it may be set up on that day; Refused when not.
Check = Callable[[date], None]


def _set_up(
    actor: Actor,
    act: str,
    new: New,
    *,
    basis: str,
    on: date | None,
    check: Check | None = None,
    form: str = FORMS.ORDINARY,
    **particular: Any,
) -> Organisation:
    """Every way of setting one up: its document, its day, who comes into it, its own check; then it is written, stands for
    its units and buildings, and is put on record. Members move into it, or are on its roll beside when its form is passing.
    """
    words, day = document(basis), day_of(on)
    keeps_rolls(actor, new.cards)
    held = belonging(actor, new.cards, day)
    if check is not None:
        check(day)
    units, buildings = _units(actor, new.units), _buildings(actor, new.buildings)
    trace = Tracing(cards=new.cards)
    made = write(
        actor,
        name=new.name,
        kind=new.kind,
        region_code=new.region_code,
        parent=new.parent,
        # Nobody knows since when one has been there that is only entered now.
        on=on if act == Kind.ENTER else day,
        form=form,
        domain=new.domain,
        **particular,
    )
    cover(made, day, units=units, buildings=buildings)
    change = note(actor, act, day, words, results=[(made, len(new.cards))], units=units, exception=new.exception)
    if form in rules.PASSING:
        Membership.objects.bulk_create(
            Membership(card_id=card, organisation=made, attached=True, starts=day, basis=words, change=change)
            for card in new.cards
        )
    else:
        transfer(held, made, day, words, change)
    trace.keep(change, made)
    return made


@command("party.enter", right="party.act")
def enter(
    actor: Actor,
    *,
    name: str,
    kind: str,
    region_code: str,
    basis: str,
    parent: Organisation | None = None,
    founded_on: date | None = None,
    domain: str = "community",
    units: Sequence[Organisation] = (),
    buildings: Sequence[int] = (),
) -> Organisation:
    """Enter one that was there before it was kept here. No limits apply: it was founded long ago.

    Refused: a place out of reach, a day that has yet to come, no document.
    """
    new = New(name, region_code, parent, domain, kind, units=units, buildings=buildings)
    return _set_up(actor, Kind.ENTER, new, basis=basis, on=founded_on)


@command("party.found", right="party.act")
def found(
    actor: Actor,
    *,
    name: str,
    kind: str,
    region_code: str,
    basis: str,
    parent: Organisation | None = None,
    on: date | None = None,
    domain: str = "community",
    cards: Sequence[int] = (),
    units: Sequence[Organisation] = (),
    buildings: Sequence[int] = (),
    exception: str = "",
) -> Organisation:
    """Found one. A branch needs its members, who come with their cards from where they are now; a group its buildings.

    Refused: fewer formal members than the policy asks, more than it allows without an exception, no document.
    """

    def check(day: date) -> None:
        if kind not in PARTY:
            raise Refused(_("请从清单里选类别。"), field="kind")
        if kind not in rules.BRANCHES and cards:
            raise Refused(_("党员编在支部里。"), field="cards", rule="党员编入支部")
        if kind in rules.BRANCHES:
            check_branch(formal_among(cards, day), FORMS.ORDINARY, exception=exception)
        elif kind in rules.ABOVE:
            members = queries.rolls(day).filter(organisation__region_code__startswith=region_code).count()
            if problem := rules.above_problem(policy(), kind=kind, members=members, exception=exception.strip()):
                raise Refused(problem, field="exception", rule="党章")

    new = New(name, region_code, parent, domain, kind, cards, units, buildings, exception)
    return _set_up(actor, Kind.FOUND, new, basis=basis, on=on, check=check)


@command("party.join_units", right="party.act")
def join_units(
    actor: Actor,
    *,
    name: str,
    region_code: str,
    units: Sequence[Organisation],
    cards: Sequence[int],
    basis: str,
    parent: Organisation | None = None,
    on: date | None = None,
    domain: str = "enterprise",
    exception: str = "",
) -> Organisation:
    """A joint branch of units that have too few members each.

    Refused: fewer than two units or more than the policy allows, a unit that has an organisation already or enough
    members for one of its own, too few formal members together.
    """

    def check(day: date) -> None:
        data, least = policy(), policy()["unit_min"]
        count = len({unit.pk for unit in units})
        check_branch(formal_among(cards, day), FORMS.JOINT, units=count, exception=exception)
        for row in queries.units(actor, day).filter(pk__in=[unit.pk for unit in units]):
            if row.covered:  # type: ignore[attr-defined]
                problem = _("%(name)s已经有党组织。") % {"name": row.name}
            elif max(row.surveyed, row.carded) >= least:  # type: ignore[attr-defined]
                said = {"name": row.name, "least": least}
                problem = _("%(name)s的正式党员已有 %(least)d 人以上，应当单独成立支部。") % said
            else:
                continue
            raise Refused(problem, field="units", rule=data["joint_source"])

    new = New(name, region_code, parent, domain, cards=cards, units=units, exception=exception)
    return _set_up(actor, Kind.JOINT, new, basis=basis, on=on, check=check, form=FORMS.JOINT)


@command("party.found_provisional", right="party.act")
def found_provisional(
    actor: Actor,
    *,
    name: str,
    region_code: str,
    project: str,
    ends_by: date,
    basis: str,
    parent: Organisation | None = None,
    on: date | None = None,
    domain: str = "office",
    cards: Sequence[int] = (),
) -> Organisation:
    """A provisional branch for a project. Its people are on its roll beside; no membership moves.

    Refused: no project, no end, an end that is not after its beginning.
    """

    def check(day: date) -> None:
        if not project.strip():
            raise Refused(_("请写所在的工程或任务。"), field="project")
        if ends_by <= day:
            raise Refused(_("期满日要晚于成立日。"), field="ends_by", rule="临时党支部期满撤销")

    new = New(name, region_code, parent, domain, cards=cards)
    particular = {"ends_by": ends_by, "project": project.strip()[:80]}
    return _set_up(actor, Kind.PROVISIONAL, new, basis=basis, on=on, check=check, form=FORMS.PROVISIONAL, **particular)


@command("party.found_alliance", right="party.act")
def found_alliance(
    actor: Actor,
    *,
    name: str,
    region_code: str,
    basis: str,
    parent: Organisation | None = None,
    on: date | None = None,
    domain: str = "property",
    kind: str = KINDS.BRANCH,
    units: Sequence[Organisation] = (),
    cards: Sequence[int] = (),
) -> Organisation:
    """A functional branch or an alliance of units, such as that of property firms; as a committee, that of an area with its
    member units (大工委、区域党委、社区联合党委). No membership moves.

    Refused: neither a branch nor a committee.
    """
    if kind not in (KINDS.BRANCH, KINDS.PARTY_COMMITTEE):
        raise Refused(_("请从清单里选类别。"), field="kind")
    new = New(name, region_code, parent, domain, kind, cards=cards, units=units)
    return _set_up(actor, Kind.FUNCTIONAL, new, basis=basis, on=on, form=FORMS.FUNCTIONAL)


@command("party.describe", right="party.act")
def describe(actor: Actor, organisation: Organisation, *, domain: str, exemplary: str = "") -> PartyOrganisation:
    """The field of work of one that is there, and whether it is an example to others or being made one.

    Refused: no such field.
    """
    party(actor, organisation)
    if domain not in dict(rules.domains(policy())):
        raise Refused(_("请从清单里选领域。"), field="domain")
    if exemplary not in ("", *PartyOrganisation.Exemplary.values):
        raise Refused(_("请从清单里选。"), field="exemplary")
    row, _made = PartyOrganisation.objects.get_or_create(organisation=organisation)
    row.domain, row.exemplary = domain, exemplary
    row.save(update_fields=["domain", "exemplary"])
    return row


def _units(actor: Actor, units: Sequence[Organisation]) -> Sequence[Organisation]:
    for unit in units:
        if unit.kind not in REGISTERED or unit.valid_to is not None:
            raise Refused(_("%(name)s不在单位台账里。") % {"name": unit.name}, field="units")
        reach(actor, unit.region_code)
    return units


def _buildings(actor: Actor, buildings: Sequence[int]) -> Sequence[int]:
    rows = Building.objects.filter(pk__in=list(buildings), valid_to=None).select_related("compound")
    for row in rows:
        reach(actor, row.compound.region_code)
    if len(rows) != len(set(buildings)):
        raise Refused(_("有楼栋已经停用。"), field="buildings")
    return buildings


@command("party.cover_more", right="party.act")
def cover_more(
    actor: Actor,
    organisation: Organisation,
    *,
    units: Sequence[Organisation] = (),
    buildings: Sequence[int] = (),
    on: date | None = None,
    exception: str = "",
) -> int:
    """More units or buildings that it stands for. Returns how many. Refused: a joint branch over its limit."""
    party(actor, organisation)
    day = day_of(on)
    there = organisation.covers.filter(until=None)
    had_units, had = set(there.values_list("unit_id", flat=True)), set(there.values_list("building_id", flat=True))
    more = [unit for unit in _units(actor, units) if unit.pk not in had_units]
    stones = [key for key in dict.fromkeys(_buildings(actor, buildings)) if key not in had]
    row = PartyOrganisation.objects.filter(organisation=organisation).first()
    if row is not None and row.form == FORMS.JOINT:
        count = there.exclude(unit=None).count() + len(more)
        formal = queries.formal_of(organisation.pk, day)
        check_branch(formal, FORMS.JOINT, units=count, exception=exception, founding=False)
    if not more and not stones:
        raise Refused(_("没有新增的单位或楼栋。"))
    cover(organisation, day, units=more, buildings=stones)
    return len(more) + len(stones)


@command("party.uncover", right="party.act")
def uncover(actor: Actor, organisation: Organisation, *, coverage: int, on: date | None = None) -> Coverage:
    """From that day it stands for a unit or a building no longer. Refused: a day before it began, one that is over."""
    party(actor, organisation)
    row, day = organisation.covers.filter(pk=coverage, until=None).first(), day_of(on)
    if row is None:
        raise Refused(_("已经不再覆盖。"))
    if day < row.starts:
        raise Refused(_("不能早于 %(day)s 开始覆盖的那天。") % {"day": row.starts}, field="on")
    row.until = day
    row.save(update_fields=["until"])
    return row


@command("party.survey_unit", right="party.act")
def survey_unit(actor: Actor, unit: Organisation, *, members: int, source: str, on: date | None = None) -> Organisation:
    """How many formal members work in a firm or a social organisation, as found on a day: a number, never who."""
    if unit.kind not in queries.UNIT_KINDS:
        raise Refused(_("只摸排企业和社会组织。"))
    reach(actor, unit.region_code)
    if members < 0 or members > 100_000:
        raise Refused(_("请写人数。"), field="members")
    if not source.strip():
        raise Refused(_("请写来源。"), field="source")
    UnitSurvey.objects.update_or_create(
        unit=unit,
        on=day_of(on),
        defaults={
            "members": members,
            "source": source.strip()[:120],
            "region_code": unit.region_code,
            "by_name": actor.name[:60],
        },
    )
    return unit
