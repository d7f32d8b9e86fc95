"""Letters to the hotline: written from the record of a case, sent by the worker, decided upon by a person."""

import uuid
from datetime import timedelta

from django.db.models import Max

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, about, command, detail, nothing_done
from linli.base.jobs import later
from linli.base.scope import scope
from linli.doors.channels.hotline import queries, reporting
from linli.doors.channels.hotline.models import Exchange, Letter, Order
from linli.matters.cases.commands.common import CaseId
from linli.procedures.definitions import definition
from linli.procedures.models import Entry

# A job that should have sent a letter is missed for so long before the regular round takes the letter up.
MISSED = timedelta(seconds=90)
SEND = "hotline.send"
MOST_AT_ONCE = 200
MOST_IN_SHEET = 5000


@command("hotline.report")
def report(actor: Actor, *, case: CaseId) -> int:
    """Write a letter for every entry of the case that the hotline has not been told of. Returns how many.

    Reads the record and not the event, so that it does not matter how often or in what order events come: each entry
    makes one letter, in its order. What the hotline itself has said is not told back to it.
    """
    about("cases.case", case)
    order = (
        Order.objects.select_related("exchange", "case").select_for_update(of=("self",)).filter(case_id=case).first()
    )
    if order is None or order.case is None:
        return 0
    entries = list(Entry.objects.filter(proceeding_id=case).order_by("seq"))
    if not entries or entries[-1].seq <= order.reported:
        return 0
    found = reporting.told_of(definition(order.case.procedure_id), entries, order.reported)
    moment, written = now(), []
    for told in found:
        if told.entry.post_id == order.exchange.post_id:
            continue
        order.letters += 1
        written.append(
            Letter(
                exchange=order.exchange, order=order, region_code=order.region_code, seq=order.letters,
                message_id=f"msg_{uuid.uuid4().hex}", type=reporting.OUTGOING[told.entry.act].type,
                entry_seq=told.entry.seq, facts=reporting.facts_of(told), next_at=moment, created_at=moment,
            )
        )  # fmt: skip
    Letter.objects.bulk_create(written)
    order.reported = entries[-1].seq
    order.save(update_fields=["letters", "reported"])
    if order.exchange.transport == Exchange.Transport.WEBHOOK and order.exchange.active:
        for letter in written[:1]:  # each letter brings the next one of its order about
            later(SEND, letter_id=letter.pk)
    return len(written)


@command("hotline.deliver")
def deliver(actor: Actor) -> int:
    """Take up letters that are due and that no job has sent: after a crash, or after the exchange was off."""
    late = list(queries.due(now() - MISSED).order_by("next_at", "id").values_list("id", flat=True)[:MOST_AT_ONCE])
    for key in late:
        later(SEND, letter_id=key)
    if not late:
        nothing_done()
    return len(late)


@command("hotline.send_again", right="hotline.desk")
def send_again(actor: Actor, letter: Letter) -> Letter:
    """Try a letter again that could not be sent, after somebody has looked at why."""
    row = _locked(letter)
    if row.state not in (Letter.State.DEAD, Letter.State.WAITING):
        raise Refused("只有没送达的消息可以再发。", status=409)
    row.state, row.attempts, row.next_at = Letter.State.WAITING, 0, now()
    row.save(update_fields=["state", "attempts", "next_at"])
    later(SEND, letter_id=row.pk)
    about("hotline.letter", row.pk)
    return row


@command("hotline.drop", right="hotline.desk")
def drop(actor: Actor, letter: Letter, *, note: str) -> Letter:
    """Never send it, with the reason. The next letter of the order tells the hotline that one is left out."""
    row = _locked(letter)
    if row.state not in (Letter.State.DEAD, Letter.State.WAITING):
        raise Refused("只有没送达的消息可以不再发。", status=409)
    if not note.strip():
        raise Refused("请写明为什么不再发。", field="note")
    row.state, row.note = Letter.State.DROPPED, note.strip()[:200]
    row.save(update_fields=["state", "note"])
    about("hotline.letter", row.pk)
    _go_on(row)
    return row


@command("hotline.hand_over", right="hotline.desk")
def hand_over(actor: Actor, exchange: Exchange) -> int:
    """Put what waits into a sheet for a hotline without an interface; returns the number of the sheet.

    What is in a sheet counts as sent; the same sheet can be taken again.
    """
    if exchange.transport != Exchange.Transport.SHEET:
        raise Refused("这个对接走接口，不用表格。", status=409)
    rows = list(
        queries.visible_to(actor)
        .filter(exchange=exchange, state=Letter.State.WAITING)
        .select_for_update(of=("self",))
        .order_by("id")[:MOST_IN_SHEET]
    )
    if not rows:
        raise Refused("没有等着交出的消息。", status=409)
    moment = now()
    with scope(system("hotline")):
        last = Letter.objects.filter(exchange=exchange).aggregate(last=Max("batch"))["last"] or 0
        Letter.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Letter.State.SENT, sent_at=moment, batch=last + 1
        )
    detail(exchange=exchange.code, batch=last + 1, letters=len(rows))
    return int(last) + 1


def _locked(letter: Letter) -> Letter:
    row = Letter.objects.select_for_update(of=("self",)).filter(pk=letter.pk).first()
    if row is None:
        raise Refused("没有找到这条消息，或者它不在您的工作范围内。", status=404)
    return row


def _go_on(row: Letter) -> None:
    """Let the next letter of the same order go, now that this one is out of the way."""
    if row.order_id is None:
        return
    following = Letter.objects.filter(order_id=row.order_id, state=Letter.State.WAITING, id__gt=row.pk)
    if key := following.order_by("id").values_list("id", flat=True).first():
        later(SEND, letter_id=key)
