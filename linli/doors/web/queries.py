"""What waits for whoever opens their desk, and what the search box finds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from linli.base.actor import Actor, system
from linli.base.commands.models import AuditRow, OutboxRow, ReadRow
from linli.base.commands.outbox import GIVE_UP_AFTER
from linli.base.policies.models import PolicyVersion
from linli.base.policies.queries import waiting_for_publication
from linli.base.privacy import queries as privacy
from linli.base.privacy.models import Export, RetentionRun
from linli.base.scope import scope
from linli.base.text import contains
from linli.doors.intake.registers import queries as registers
from linli.doors.intake.registers.models import RegisterImport
from linli.matters.cases import searching
from linli.matters.whistles import queries as whistles
from linli.people.accounts.models import Account
from linli.people.accounts.queries import without_post
from linli.people.organisations.queries import Listing, directory, terms_within
from linli.people.organisations.rules import PARTY, add_months
from linli.people.party import checking
from linli.people.residents import queries as residents
from linli.people.residents.models import Residence
from linli.places.addresses.finding import Found as Address
from linli.places.addresses.finding import find_addresses
from linli.places.regions.models import Region
from linli.places.regions.queries import current
from linli.places.regions.queries import search as region_search
from linli.procedures.models import Proceeding
from linli.procedures.queries import mine, visible_to

MOST_FOUND = 20
COUNT_MOST = 99


def first_rows(actor: Actor, count: int = 8) -> list[Proceeding]:
    """What waits for this actor, the most urgent first."""
    return list(visible_to(actor).filter(mine(actor), kind="case").order_by("due_at", "id")[:count])


def first_whistles(actor: Actor, moment: datetime, count: int = 5) -> list[Proceeding]:
    """Whistles in which this actor's organisation must do something now, the most urgent first."""
    rows = whistles.listed(actor, whistles.tab_of("todo"), moment)
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "id")[:count])


def held_by(actor: Actor, organisation_id: int, count: int) -> list[Proceeding]:
    """Open cases an organisation holds and this actor may see, the most urgent first."""
    rows = visible_to(actor).filter(holder_id=organisation_id, closed_at=None, kind="case")
    return list(rows.order_by("due_at", "id")[:count])


def about_thing(actor: Actor, thing_id: int, count: int) -> list[Proceeding]:
    """Cases that were raised by the code on a thing, the latest first."""
    rows = visible_to(actor).filter(kind="case", case__thing=thing_id)
    return list(rows.order_by("-opened_at", "-id")[:count])


def open_work_of(organisation_id: int) -> str:
    """Why an organisation with open work cannot be closed, in words; "" when it has none. Looks with the system's
    eyes."""
    with scope(system("open work")):
        involved = Q(holder_id=organisation_id) | Q(desk_id=organisation_id) | Q(lead_id=organisation_id)
        count = Proceeding.objects.filter(involved, closed_at=None).count()
    return f"还有 {count} 件在办的事" if count else ""


def people_in(dwellings: list[int]) -> str:
    """Why dwellings cannot be closed, in words; "" when nobody is registered there. Looks with the system's eyes."""
    with scope(system("people in dwellings")):
        count = Residence.objects.filter(dwelling_id__in=dwellings, ends=None).values("person").distinct().count()
    return f"还登记着 {count} 个人" if count else ""


def dead_events() -> int:
    """Events that ten attempts could not deliver."""
    return OutboxRow.objects.filter(delivered_at=None, attempts__gte=GIVE_UP_AFTER).count()


def broken_rules() -> int:
    """How often a routing rule could not run since the version in force was published: a new one wipes the slate."""
    since = (
        PolicyVersion.objects.filter(code="routing", status="published").values_list("published_at", flat=True).first()
    )
    rows = OutboxRow.objects.filter(event="cases.routing_failed")
    return (rows.filter(created_at__gte=since) if since else rows).count()


def accounts_in_want(today: date) -> tuple[int, int]:
    """Open accounts without a second factor, and without a post."""
    accounts = Account.objects.filter(is_active=True)
    return accounts.filter(totp_secret="").count(), without_post(accounts, today).count()


def audited_since(moment: datetime) -> tuple[int, int]:
    """Acts of people, and readings of personal data, since a moment."""
    acts = AuditRow.objects.filter(at__gte=moment).exclude(actor_kind="system").count()
    return acts, ReadRow.objects.filter(at__gte=moment).count()


def waiting_drafts() -> int:
    """Policies in force of which a newer draft waits to be published."""
    return waiting_for_publication(PolicyVersion.objects.all()).count()


def visits_due(actor: Actor) -> int:
    """People whose need for care is to be looked after again, at most one more than is counted."""
    return residents.due_care(actor).order_by().values("person").distinct()[: COUNT_MOST + 1].count()


def imports_waiting(actor: Actor) -> int:
    """Sheets of this actor that were read and wait for a word from them."""
    states = (RegisterImport.State.STAGED, RegisterImport.State.CHECKED)
    return registers.visible_to(actor).filter(post=actor.post_id or 0, state__in=states).count()


def elections_due(actor: Actor, months: int, day: date) -> tuple[int, int]:
    """Party organisations whose term is over, and those whose term is over or runs out within so many months."""
    terms: QuerySet[Any] = terms_within(actor, PARTY)
    return terms.filter(until__lt=day).count(), terms.filter(until__lte=add_months(day, months)).count()


def party_warnings(actor: Actor, day: date) -> int:
    """Checks of party organisations that find something."""
    return sum(1 for one in checking.counted(actor, day) if one["count"])


def exports_asked(actor: Actor) -> int:
    """Large exports of others that wait for a second person."""
    rows = privacy.exports(actor).filter(state=Export.State.ASKED)
    return rows.exclude(asked_by=actor.account_id).count()


def deletions_drafted(actor: Actor) -> int:
    """Retention runs of others that wait for a second person."""
    rows = privacy.runs(actor).filter(state=RetentionRun.State.DRAFTED)
    return rows.exclude(drafted_by=actor.account_id).count()


@dataclass(frozen=True, slots=True)
class Found:
    """Answers of the search box, each kind in its own order."""

    cases: tuple[Proceeding, ...] = ()
    organisations: tuple[Listing, ...] = ()
    regions: tuple[Region, ...] = ()
    addresses: tuple[Address, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.organisations or self.regions or self.addresses)


def search(actor: Actor, wanted: str) -> Found:
    """What the words find among the things this actor may see; a wanted text has been stripped and is not empty."""
    units: list[Listing] = []
    if actor.may("organisations.view"):
        units = [one for one in directory().by_id.values() if contains(f"{one.name} {one.short_name}", wanted)]
    places = region_search(current(Region.objects.defer("polygon")), wanted).order_by("code")
    return Found(
        tuple(_cases(actor, wanted)) if actor.may("cases.search") else (),
        tuple(units[:MOST_FOUND]),
        tuple(places[:MOST_FOUND]),
        tuple(_addresses(actor, wanted)) if actor.may("addresses.view") else (),
    )


def _addresses(actor: Actor, wanted: str) -> list[Address]:
    """Addresses as they were typed: among answers of every kind, one that is only much like it would mislead."""
    return [one for one in find_addresses(actor, wanted, MOST_FOUND) if not one.guessed]


def _cases(actor: Actor, wanted: str) -> list[Proceeding]:
    """By the beginning of a number, else by words; the latest first."""
    rows = visible_to(actor).filter(kind="case").order_by("-opened_at", "-id")
    if (
        wanted[:1].isascii()
        and wanted[:1].isalnum()
        and (numbered := list(rows.filter(number__startswith=wanted)[:MOST_FOUND]))
    ):
        return numbered
    # What another system calls it, such as the order number of the hotline.
    if wanted.isascii() and any(sign.isdigit() for sign in wanted):
        foreign = list(rows.filter(case__foreign_number=wanted)[:MOST_FOUND])
        if foreign:
            return foreign
    # Through the index that the scope has: a condition on the words themselves would be tried row by row behind the wall.
    found = searching.by_words(actor, wanted, most=MOST_FOUND)
    return list(rows.filter(pk__in=found.ids)[:MOST_FOUND]) if found.ids else []
