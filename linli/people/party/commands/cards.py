"""The rolls: cards entered, moved, made formal, ended, corrected and opened. Only for posts that keep them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.crypto import Sealed, index_candidates, next_pks, seal_into
from linli.base.exchange import identifiers
from linli.base.privacy import reading
from linli.people.organisations.models import Organisation
from linli.people.party import queries
from linli.people.party.commands.common import belonging, branch, day_of, document, policy, stands, today, transfer
from linli.people.party.models import MemberCard, Membership
from linli.people.residents.commands.common import opened
from linli.people.residents.commands.lives import taken_back
from linli.people.residents.models import Person

FIELDS = frozenset({"party.membercard.name", "party.membercard.phone"})


def _number(phone: str) -> str:
    try:
        return identifiers.own_phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Refused(str(error), field="phone") from error


def _dates(joined_on: date, formal_on: date | None) -> None:
    if joined_on > today():
        raise Refused(_("入党日期不能在将来。"), field="joined_on")
    if formal_on is not None and not joined_on <= formal_on <= today():
        raise Refused(_("转正日期要在入党日期之后，不能在将来。"), field="formal_on")


@command("party.enter_card", right="party.cards")
def enter_card(
    actor: Actor,
    organisation: Organisation,
    *,
    name: str,
    joined_on: date,
    phone: str = "",
    formal_on: date | None = None,
    unit: Organisation | None = None,
    starts: date | None = None,
    basis: str = "",
) -> MemberCard:
    """Enter one member into a branch. starts: since when they belong to it, today when left out.

    Refused: what is no branch or only a provisional one, no name, impossible dates.
    """
    return _enter(
        actor,
        organisation,
        [
            {
                "name": name,
                "phone": phone,
                "joined_on": joined_on,
                "formal_on": formal_on,
                "unit": unit.pk if unit is not None else None,
                "starts": starts,
                "basis": basis,
            }
        ],
    )[0]


@command("party.enter_cards", right="party.cards")
def enter_cards(actor: Actor, organisation: Organisation, *, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Enter many members into one branch, all or none.

    A row: name, joined_on; may have phone, formal_on, unit (id), starts, basis. Returns the ids in their order.
    """
    made = _enter(actor, organisation, rows)
    detail(count=len(made))
    return [card.pk for card in made]


def _enter(actor: Actor, organisation: Organisation, rows: Sequence[Mapping[str, Any]]) -> list[MemberCard]:
    branch(actor, organisation)
    cards, memberships = [], []
    for pk, row in zip(next_pks(MemberCard, len(rows)), rows, strict=True):
        name = " ".join(str(row["name"]).split())
        if not name or len(name) > 40:
            raise Refused(_("请填写姓名，不超过 40 个字。"), field="name")
        _dates(row["joined_on"], row.get("formal_on"))
        starts = day_of(row.get("starts"))
        if organisation.valid_from is not None and starts < organisation.valid_from:
            raise Refused(_("编入日期不能早于支部成立。"), field="starts")
        card = MemberCard(
            pk=pk,
            region_code=organisation.region_code,
            joined_on=row["joined_on"],
            formal_on=row.get("formal_on"),
            unit_id=row.get("unit"),
        )
        seal_into(card, name=name, phone=_number(str(row.get("phone") or "")))
        cards.append(card)
        memberships.append(
            Membership(card=card, organisation=organisation, starts=starts, basis=str(row.get("basis") or "")[:120])
        )
    MemberCard.objects.bulk_create(cards)
    Membership.objects.bulk_create(memberships)
    return cards


def _kept(actor: Actor, card: MemberCard) -> MemberCard:
    if not queries.cards(actor).filter(pk=card.pk).exists():
        raise Refused(_("有党员不在您管理的名册里。"), status=403)
    if card.ended_on is not None:
        raise Refused(_("这张党员卡已经终止。"))
    return card


@command("party.transfer_card", right="party.cards")
def transfer_card(
    actor: Actor, card: MemberCard, *, to: Organisation, basis: str, on: date | None = None
) -> MemberCard:
    """The membership moves to another branch kept here. Refused: a provisional one, a day before it came where it is."""
    _kept(actor, card)
    words, day = document(basis), day_of(on)
    stands(branch(actor, to), day)
    held = belonging(actor, [card.pk], day)
    if held[card.pk].organisation_id == to.pk:
        raise Refused(_("已经在这个支部。"), field="to")
    transfer(held, to, day, words)
    card.refresh_from_db(fields=["region_code"])
    return card


@command("party.make_formal", right="party.cards")
def make_formal(actor: Actor, card: MemberCard, *, on: date) -> MemberCard:
    """A probationary member has become a formal one."""
    _kept(actor, card)
    if card.formal_on is not None:
        raise Refused(_("已经是正式党员。"))
    _dates(card.joined_on, on)
    card.formal_on = on
    card.save(update_fields=["formal_on"])
    return card


@command("party.end_card", right="party.cards")
def end_card(actor: Actor, card: MemberCard, *, reason: str, on: date | None = None) -> MemberCard:
    """The card is over: moved away, died, left, or entered by mistake. It stays on record."""
    _kept(actor, card)
    if reason not in MemberCard.Reason.values:
        raise Refused(_("请选终止的原因。"), field="reason")
    day = day_of(on)
    belonging(actor, [card.pk], day)
    Membership.objects.filter(card=card, until=None).update(until=day)
    card.ended_on, card.ended_for = day, reason
    card.save(update_fields=["ended_on", "ended_for"])
    return card


@command("party.follow_death", right="party.cards")
def follow_death(actor: Actor, *, person: int) -> int:
    """Whoever has died is on no roll any more, nor counted at an election: the card of the same name and number ends. When the death was
    noted by mistake the card runs again in the branch where it was, unless that is gone. Returns how many cards.

    Found by blind indexes in the same sub-district. Reads how the person stands now, so that it may be told late, twice or out of order.
    """
    row = Person.objects.filter(pk=person).first()
    changed = 0
    if row is not None and row.died_on is not None:
        for card in _of(actor, row).filter(ended_on=None):
            started = Membership.objects.filter(card=card, until=None).values_list("starts", flat=True).first()
            end_card(actor, card, reason=MemberCard.Reason.DIED, on=max(row.died_on, started or row.died_on))
            changed += 1
    elif row is not None and (day := taken_back(actor, row)):
        ended = _of(actor, row).filter(ended_for=MemberCard.Reason.DIED, ended_on__gte=day)
        changed = sum(_run_again(card) for card in ended.select_for_update())
    detail(changed=changed)
    return changed


def _run_again(card: MemberCard) -> bool:
    last = card.memberships.filter(until=card.ended_on, organisation__valid_to=None)
    if not last.filter(attached=False).exists():
        return False
    last.update(until=None)
    card.ended_on, card.ended_for = None, ""
    card.save(update_fields=["ended_on", "ended_for"])
    return True


def _of(actor: Actor, row: Person) -> QuerySet[MemberCard]:
    """Cards of the same name and number in the same sub-district; without a number nobody is taken for somebody."""
    if row.phone is None:
        return MemberCard.objects.none()
    same = {
        f"{field}__in": index_candidates(MemberCard, field, opened(actor, value))
        for field, value in (("name_index", row.name), ("phone_index", row.phone))
    }
    return MemberCard.objects.filter(region_code__startswith=row.region_code[:9], **same)


@command("party.correct_card", right="party.cards")
def correct_card(
    actor: Actor,
    card: MemberCard,
    *,
    joined_on: date,
    formal_on: date | None = None,
    name: str = "",
    phone: str = "",
    unit: Organisation | None = None,
) -> MemberCard:
    """Put right what was entered wrongly. name, phone: empty leaves what is there."""
    _kept(actor, card)
    _dates(joined_on, formal_on)
    card.joined_on, card.formal_on, card.unit = joined_on, formal_on, unit
    fields = ["joined_on", "formal_on", "unit"]
    for field, text in (("name", " ".join(name.split())[:40]), ("phone", _number(phone))):
        if text:
            seal_into(card, **{field: text})
            fields += [field, f"{field}_index"]
    card.save(update_fields=fields)
    detail(fields=[field for field in fields if not field.endswith("_index")])
    return card


@command("party.reveal_card", right="party.cards", repeatable=True)
def reveal_card(actor: Actor, card: MemberCard, *, purpose: str, note: str = "") -> dict[str, str]:
    """The name and the number, for a purpose of the policy; the read-log row is written before they leave."""
    _kept(actor, card)
    purposes = {row["code"]: row["name"] for row in policy()["purposes"]}
    told = reading.purpose(
        actor, "party.membercard", card.pk, FIELDS, purpose=purpose, purposes=purposes, task=True, note=note
    )
    held = {"name": card.name, "phone": card.phone}
    return {name: sealed.reveal(told) if isinstance(sealed, Sealed) else "" for name, sealed in held.items()}
