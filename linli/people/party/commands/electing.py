"""Elections of party organisations: the term by the policy, put off with leave, the result on record."""

from datetime import date

from django.utils.translation import gettext as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.people.organisations.commands import terms
from linli.people.organisations.models import Organisation, Term
from linli.people.organisations.rules import term_years
from linli.people.party import rules
from linli.people.party.commands.common import document, domain_of, form_of, party


def years_of(organisation: Organisation) -> int | None:
    """How long its term is by the policy; None for what holds no elections."""
    return term_years(policies.load("terms").data["terms"], organisation.kind, domain_of(organisation))


def _elects(actor: Actor, organisation: Organisation) -> int:
    party(actor, organisation)
    if form_of(organisation) in rules.PASSING:
        raise Refused(_("临时和功能型党组织不选举。"), rule="临时党组织不选举")
    years = years_of(organisation)
    if years is None:
        raise Refused(_("这类党组织没有规定届期。"), rule="届期")
    return years


@command("party.begin_term", right="party.elect")
def begin_term(actor: Actor, organisation: Organisation, *, starts: date, basis: str) -> Term:
    """The running term, by the election it began with; its end follows from the policy."""
    years = _elects(actor, organisation)
    return terms.start(organisation, starts=starts, years=years, due_on=None, basis=document(basis))


@command("party.elect", right="party.elect")
def elect(actor: Actor, organisation: Organisation, *, on: date, result: str, basis: str, approval: str = "") -> Term:
    """An election was held: the term ends, the next begins. approval: the leave for an early one.

    Refused: provisional branches do not elect; an early one without leave.
    """
    years = _elects(actor, organisation)
    return terms.hold(organisation, on=on, years=years, result=result, basis=document(basis), approval=approval)


@command("party.postpone", right="party.elect")
def postpone(actor: Actor, organisation: Organisation, *, to: date, approval: str) -> Term:
    """The election is put off with the leave of those above, by a year at most (as the policy says)."""
    _elects(actor, organisation)
    return terms.put_off(organisation, to=to, approval=approval)
