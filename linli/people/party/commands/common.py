"""What every act of this room asks, and how it is put on record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, detail
from linli.people.organisations import history
from linli.people.organisations.commands.checking import day_of, name_of, reach, region_of, still_there, today
from linli.people.organisations.models import Organisation, Standing
from linli.people.organisations.queries import HELD
from linli.people.organisations.rules import PARTY, may_stand_under
from linli.people.party import queries, rules
from linli.people.party.models import Change, ChangePart, Coverage, MemberCard, Membership, PartyOrganisation

__all__ = ["day_of", "name_of", "reach", "region_of", "today"]
KINDS = Organisation.Kind
FORMS = PartyOrganisation.Form


def policy() -> Mapping[str, Any]:
    return policies.load("party").data


def form_of(organisation: Organisation) -> str:
    """Its form; one that was never written down is ordinary."""
    found = PartyOrganisation.objects.filter(organisation=organisation).values_list("form", flat=True).first()
    return found or FORMS.ORDINARY


def domain_of(organisation: Organisation) -> str:
    found = PartyOrganisation.objects.filter(organisation=organisation).values_list("domain", flat=True).first()
    return found or "community"


def stands(organisation: Organisation, day: date) -> Organisation:
    """Refused unless it is there now and was there on that day."""
    still_there(organisation)
    if organisation.valid_from is not None and organisation.valid_from > day:
        raise Refused(_("%(name)s那天还没有成立。") % {"name": organisation.name}, field="on", rule="沿革按先后")
    return organisation


def nothing_later(organisation: Organisation, day: date, *, children: bool) -> None:
    """Refused when members or organisations came to it or left it after that day: it cannot have been over by then.

    children: those that stand under it now count too.
    """
    later = Membership.objects.filter(Q(starts__gt=day) | Q(until__gt=day), HELD, organisation=organisation)
    below = Standing.objects.filter(HELD, parent=organisation)
    below = below.filter(Q(until__gt=day) | (Q(until=None) if children else Q(starts__gt=day)))
    if later.exists() or below.exists():
        raise Refused(
            _("%(name)s在那天之后还有党员或下级的变动，日期不能早于它们。") % {"name": organisation.name},
            field="on",
            rule="沿革按先后",
        )


def document(basis: str) -> str:
    """The document an act rests on. Refused without one."""
    words = " ".join(basis.split())[:120]
    if not words:
        raise Refused(_("请写批准文件或决定。"), field="basis", rule="变动要有依据")
    return words


def party(actor: Actor, organisation: Organisation) -> Organisation:
    """Refused unless it is a party organisation in being where this actor works."""
    still_there(organisation)
    if organisation.kind not in PARTY:
        raise Refused(_("%(name)s不是党组织。") % {"name": organisation.name})
    reach(actor, organisation.region_code)
    return organisation


def branch(actor: Actor, organisation: Organisation) -> Organisation:
    """Refused unless members belong to it: a branch that is neither provisional nor an alliance."""
    party(actor, organisation)
    if organisation.kind not in rules.BRANCHES:
        raise Refused(_("党员编在支部里，%(name)s不是支部。") % {"name": organisation.name}, rule="党员编入支部")
    if form_of(organisation) in rules.PASSING:
        raise Refused(
            _("%(name)s是临时或功能型党组织，不转组织关系。") % {"name": organisation.name},
            rule="临时党组织不转组织关系",
        )
    return organisation


def keeps_rolls(actor: Actor, cards: Sequence[int]) -> None:
    """Refused when cards are named by somebody who does not keep the rolls."""
    if cards and not actor.may("party.cards"):
        raise Refused(_("您没有管理党员名册的权限。"), rule="right:party.cards", status=403)


def write(
    actor: Actor,
    *,
    name: str,
    kind: str,
    region_code: str,
    parent: Organisation | None,
    on: date | None,
    form: str = FORMS.ORDINARY,
    domain: str = "community",
    **particular: Any,
) -> Organisation:
    """A new party organisation with its first standing. on: None when nobody knows since when."""
    reach(actor, region_of(region_code))
    if kind not in PARTY:
        raise Refused(_("请从清单里选类别。"), field="kind")
    if domain not in dict(rules.domains(policy())):
        raise Refused(_("请从清单里选领域。"), field="domain")
    if kind == KINDS.GRID_BRANCH and len(region_code) <= 12:
        raise Refused(_("网格党支部要建在网格上，请选网格。"), field="region_code", rule="支部建在网格上")
    if parent is not None:
        stands(parent, on or today())
    if not may_stand_under(kind, parent.kind if parent is not None else None):
        raise Refused(_("请选合适的上级党组织。"), field="parent", rule="组织层级")
    try:
        with transaction.atomic():
            made = Organisation.objects.create(
                name=name_of(name), kind=kind, region_code=region_code, parent=parent, valid_from=on
            )
    except IntegrityError as error:
        raise Refused(_("这个区划里已经有同名同类的组织。"), field="name") from error
    PartyOrganisation.objects.create(organisation=made, form=form, domain=domain, **particular)
    history.begin(made)
    history.queries.forget()
    return made


def cover(
    organisation: Organisation, on: date, *, units: Iterable[Organisation] = (), buildings: Iterable[int] = ()
) -> None:
    Coverage.objects.bulk_create(
        [
            *(Coverage(organisation=organisation, unit=unit, starts=on) for unit in units),
            *(Coverage(organisation=organisation, building_id=building, starts=on) for building in buildings),
        ]
    )


def note(
    actor: Actor,
    kind: str,
    on: date,
    basis: str,
    *,
    sources: Sequence[tuple[Organisation, str, int]] = (),
    results: Sequence[tuple[Organisation, int]] = (),
    units: Iterable[Organisation] = (),
    exception: str = "",
    undoes: Change | None = None,
) -> Change:
    """Put an act on record. sources: (organisation, its name before, members before); results: (organisation, members
    after)."""
    every = [one for one, _name, _count in sources] + [one for one, _count in results]
    change = Change.objects.create(
        kind=kind,
        on=on,
        basis=basis,
        exception=exception.strip()[:200],
        region_code=rules.common_prefix(one.region_code for one in every),
        by_name=actor.name[:60],
        at=now(),
        undoes=undoes,
    )
    role = ChangePart.Role
    parts = [ChangePart(change=change, organisation=o, role=role.SOURCE, name=n, members=m) for o, n, m in sources]
    parts += [ChangePart(change=change, organisation=o, role=role.RESULT, name=o.name, members=m) for o, m in results]
    parts += [ChangePart(change=change, organisation=o, role=role.UNIT, name=o.name) for o in units]
    ChangePart.objects.bulk_create(parts)
    detail(kind=kind, sources=[one.pk for one, _name, _count in sources], results=[one.pk for one, _count in results])
    announce("party.changed", {"change": change.pk, "kind": kind})
    return change


def belonging(actor: Actor, cards: Sequence[int], on: date) -> dict[int, Membership]:
    """The running membership of each card. Refused: a card that is not on this actor's rolls, or moved after that day."""
    if len(set(cards)) != len(cards):
        raise Refused(_("同一名党员选了两次。"), field="cards")
    rows = Membership.objects.filter(card__in=queries.cards(actor).filter(ended_on=None), until=None, attached=False)
    found = {row.card_id: row for row in rows.filter(card_id__in=cards).select_related("organisation")}
    if len(found) != len(cards):
        raise Refused(_("有党员不在您管理的名册里。"), field="cards", status=403)
    if later := [row for row in found.values() if row.starts > on]:
        raise Refused(
            _("有党员在 %(day)s 才编入%(name)s，变动不能早于那一天。")
            % {"day": max(row.starts for row in later), "name": later[0].organisation.name},
            field="on",
            rule="沿革按先后",
        )
    return found


def formal_among(cards: Iterable[int], on: date) -> int:
    return MemberCard.objects.filter(pk__in=list(cards), formal_on__lte=on).count()


def transfer(
    held: Mapping[int, Membership], to: Organisation, on: date, basis: str, change: Change | None = None
) -> None:
    """Move these cards into another branch from that day on. Where they are already, nothing happens."""
    moving = {card: row for card, row in held.items() if row.organisation_id != to.pk}
    Membership.objects.filter(pk__in=[row.pk for row in moving.values()]).update(until=on)
    Membership.objects.bulk_create(
        Membership(card_id=card, organisation=to, starts=on, change=change, basis=basis[:120]) for card in moving
    )
    MemberCard.objects.filter(pk__in=moving).update(region_code=to.region_code)


def check_branch(
    formal: int, form: str, units: int = 0, exception: str = "", *, name: str = "", founding: bool = True
) -> None:
    """Refused with the rule of the policy when a branch may not be so."""
    data = policy()
    problem = rules.branch_problem(
        data, formal=formal, form=form, units=units, exception=exception.strip(), founding=founding
    )
    if problem:
        source = data["joint_source"] if form == FORMS.JOINT and "单位" in problem else data["branch_source"]
        raise Refused(f"{name}：{problem}" if name else problem, field="cards", rule=source)
