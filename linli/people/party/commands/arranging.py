"""Rearranging what is there: renaming, moving, splitting, merging, regrouping, dissolving.

Each act says where every card goes, and changes nothing of what was true before its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.people.organisations import history
from linli.people.organisations.models import Organisation
from linli.people.organisations.rules import makes_circle, may_stand_under
from linli.people.party import queries, rules
from linli.people.party.commands.common import (
    FORMS,
    KINDS,
    belonging,
    branch,
    check_branch,
    day_of,
    document,
    domain_of,
    form_of,
    formal_among,
    keeps_rolls,
    name_of,
    note,
    nothing_later,
    party,
    stands,
    transfer,
    write,
)
from linli.people.party.commands.tracing import Tracing
from linli.people.party.models import Change, Coverage, Membership

Kind = Change.Kind


@dataclass(frozen=True, slots=True)
class Into:
    """One branch after a rearrangement. organisation: the id of a source that carries on (its name may be new), None:
    a new one. cards: everybody who is in it afterwards. region_code and parent: of a new one, else those of the first
    source."""

    name: str
    cards: tuple[int, ...]
    organisation: int | None = None
    region_code: str = ""
    parent: int | None = None


@command("party.rename", right="party.act")
def rename(
    actor: Actor, organisation: Organisation, *, name: str, basis: str, short_name: str = "", on: date | None = None
) -> Change:
    """Another name from that day on."""
    party(actor, organisation)
    words, day, before = document(basis), day_of(on), organisation.name
    if name_of(name) == before:
        raise Refused(_("名称没有变。"), field="name")
    trace = Tracing([organisation])
    _named(organisation, name, day, words, short_name)
    return _noted(actor, Kind.RENAME, organisation, before, day, words, trace)


def _noted(
    actor: Actor, kind: str, organisation: Organisation, before: str, day: date, basis: str, trace: Tracing
) -> Change:
    """A change of one organisation that keeps its members, on record."""
    count = len(queries.members_of(organisation.pk, day))
    change = note(actor, kind, day, basis, sources=[(organisation, before, count)], results=[(organisation, count)])
    trace.keep(change)
    return change


def _named(organisation: Organisation, name: str, day: date, basis: str, short_name: str = "") -> None:
    try:
        with transaction.atomic():
            history.change(organisation, on=day, basis=basis, name=name_of(name), short_name=short_name.strip()[:30])
    except IntegrityError as error:
        raise Refused(_("这个区划里已经有同名同类的组织。"), field="name") from error


@command("party.move", right="party.act")
def move(
    actor: Actor, organisation: Organisation, *, parent: Organisation, basis: str, on: date | None = None
) -> Change:
    """It stands under another from that day on."""
    party(actor, organisation)
    words, day = document(basis), day_of(on)
    stands(parent, day)
    if not may_stand_under(organisation.kind, parent.kind):
        raise Refused(_("请选合适的上级党组织。"), field="parent", rule="组织层级")
    if parent.pk == organisation.parent_id:
        raise Refused(_("上级没有变。"), field="parent")
    if makes_circle(organisation.pk, parent.pk, dict(Organisation.objects.values_list("id", "parent_id"))):
        raise Refused(_("不能把组织放到自己的下级下面。"), field="parent")
    trace = Tracing([organisation])
    history.change(organisation, on=day, basis=words, parent=parent)
    return _noted(actor, Kind.MOVE, organisation, organisation.name, day, words, trace)


@command("party.split", right="party.act")
def split(
    actor: Actor,
    organisation: Organisation,
    *,
    into: Sequence[Into],
    basis: str,
    on: date | None = None,
    exception: str = "",
) -> Change:
    """One branch becomes several; it carries on as one of them, or is dissolved."""
    return _arrange(actor, Kind.SPLIT, [organisation], into, basis, on, exception)


@command("party.merge", right="party.act")
def merge(
    actor: Actor,
    organisations: Sequence[Organisation],
    *,
    into: Into,
    basis: str,
    on: date | None = None,
    exception: str = "",
) -> Change:
    """Several branches become one: one of them that carries on, or a new one. `into.cards` may be left empty: all."""
    if not into.cards:
        day = day_of(on)
        everybody = tuple(card for one in organisations for card in queries.members_of(one.pk, day))
        into = Into(into.name, everybody, into.organisation, into.region_code, into.parent)
    return _arrange(actor, Kind.MERGE, list(organisations), [into], basis, on, exception)


@command("party.regroup", right="party.act")
def regroup(
    actor: Actor,
    organisations: Sequence[Organisation],
    *,
    into: Sequence[Into],
    basis: str,
    on: date | None = None,
    exception: str = "",
) -> Change:
    """Several branches are made into several others."""
    return _arrange(actor, Kind.REGROUP, list(organisations), into, basis, on, exception)


def _arrange(
    actor: Actor,
    kind: str,
    sources: list[Organisation],
    into: Sequence[Into],
    basis: str,
    on: date | None,
    exception: str,
) -> Change:
    words, day = document(basis), day_of(on)
    keeps_rolls(actor, [card for one in into for card in one.cards])
    if len({one.pk for one in sources}) != len(sources):
        raise Refused(_("同一个支部选了两次。"), field="organisations")
    if problem := rules.arranged(kind, len(sources), len(into)):
        raise Refused(problem, field="into", rule="变动的种类")
    # Locked in one order, so that two acts on the same branches wait for each other.
    sources = list(Organisation.objects.select_for_update().filter(pk__in=[one.pk for one in sources]).order_by("pk"))
    before = {one.pk: (one, branch(actor, one).name, queries.members_of(one.pk, day)) for one in sources}
    keep = [one.organisation for one in into if one.organisation is not None]
    if set(keep) - set(before) or len(set(keep)) != len(keep):
        raise Refused(_("接续的支部要在变动前的支部里，各写一次。"), field="into")
    everybody = [card for _one, _name, cards in before.values() for card in cards]
    if problem := rules.divided(everybody, [one.cards for one in into]):
        raise Refused(problem, field="cards", rule="每名党员编入一个支部")
    held = belonging(actor, everybody, day)
    for pk, (source, _name, _cards) in before.items():
        if pk not in keep:
            nothing_later(source, day, children=False)
    forms = {pk: form_of(one) for pk, (one, _name, _cards) in before.items()}
    for one in into:
        form = forms.get(one.organisation or 0, FORMS.ORDINARY)
        units = Coverage.objects.filter(organisation_id=one.organisation or 0, until=None).exclude(unit=None).count()
        check_branch(
            formal_among(one.cards, day), form, units=units, exception=exception, name=one.name, founding=False
        )
    trace = Tracing(sources, everybody)
    results = [_result(actor, one, before, day, words) for one in into]
    change = note(
        actor,
        kind,
        day,
        words,
        sources=[(one, name, len(cards)) for one, name, cards in before.values()],
        results=[(made, len(one.cards)) for made, one in zip(results, into, strict=True)],
        exception=exception,
    )
    for made, one in zip(results, into, strict=True):
        transfer({card: held[card] for card in one.cards}, made, day, words, change)
    for pk, (source, _name, _cards) in before.items():
        if pk not in keep:
            _hand_down(source, results, day, words)
            _over(source, day)
    trace.keep(change, *results)
    return change


def _result(
    actor: Actor, one: Into, before: dict[int, tuple[Organisation, str, list[int]]], day: date, basis: str
) -> Organisation:
    if one.organisation is not None:
        carried = before[one.organisation][0]
        if one.name.strip() and name_of(one.name) != carried.name:
            _named(carried, one.name, day, basis, carried.short_name)
        return carried
    first = next(iter(before.values()))[0]
    parent = Organisation.objects.filter(pk=one.parent or first.parent_id or 0).first()
    region = one.region_code or first.region_code
    kind = KINDS.BRANCH if first.kind == KINDS.GRID_BRANCH and len(region) <= 12 else first.kind
    return write(actor, name=one.name, kind=kind, region_code=region, parent=parent, on=day, domain=domain_of(first))


def _hand_down(source: Organisation, results: Sequence[Organisation], day: date, basis: str) -> None:
    """What stood under a branch that is no more, and what it stood for, goes to a branch of the same place, else to the
    first."""
    near = next((one for one in results if one.region_code == source.region_code), results[0])
    for child in source.children.filter(valid_to=None):
        history.change(child, on=day, basis=basis, parent=near)
    for row in source.covers.filter(until=None):
        row.until = max(day, row.starts)
        row.save(update_fields=["until"])
        there = Coverage.objects.filter(organisation=near, unit=row.unit_id, building=row.building_id, until=None)
        if not there.exists():
            Coverage.objects.create(organisation=near, unit_id=row.unit_id, building_id=row.building_id, starts=day)


def _over(organisation: Organisation, day: date) -> None:
    """It is no more: nothing is left of it that runs on."""
    for row in organisation.covers.filter(until=None):
        row.until = max(day, row.starts)
        row.save(update_fields=["until"])
    for membership in Membership.objects.filter(organisation=organisation, attached=True, until=None):
        membership.until = max(day, membership.starts)
        membership.save(update_fields=["until"])
    history.end(organisation, on=day)


@command("party.dissolve", right="party.act")
def dissolve(
    actor: Actor, organisation: Organisation, *, basis: str, to: Organisation | None = None, on: date | None = None
) -> Change:
    """It is no more from that day. to: the branch that takes its members.

    Refused: members and nobody takes them, organisations under it that nobody has moved, posts held there.
    """
    party(actor, organisation)
    words, day = document(basis), day_of(on)
    passing = form_of(organisation) in rules.PASSING
    cards = [] if passing else queries.members_of(organisation.pk, day)
    if organisation.children.filter(valid_to=None).exists():
        raise Refused(_("还有下级党组织，请先调整它们的隶属。"), rule="撤销前先交接")
    if organisation.posts.filter(ends=None, account__is_active=True).exists():
        raise Refused(_("还有在任岗位，请先调整。"), rule="撤销前先交接")
    if cards and to is None:
        raise Refused(
            _("还有 %(count)d 名党员，请选编到哪个支部。") % {"count": len(cards)},
            field="to",
            rule="每名党员编入一个支部",
        )
    keeps_rolls(actor, cards)
    count = len(cards) if not passing else organisation.memberships.filter(attached=True, until=None).count()
    held = belonging(actor, cards, day)
    nothing_later(organisation, day, children=True)
    if to is not None:
        stands(branch(actor, to), day)
        if to.pk == organisation.pk:
            raise Refused(_("不能编到自己。"), field="to")
    trace = Tracing([organisation], cards)
    results = [(to, len(queries.members_of(to.pk, day)) + len(cards))] if to is not None and cards else []
    change = note(actor, Kind.DISSOLVE, day, words, sources=[(organisation, organisation.name, count)], results=results)
    if to is not None and cards:
        transfer(held, to, day, words, change)
    _over(organisation, day)
    trace.keep(change)
    return change
