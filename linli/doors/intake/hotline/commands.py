"""What people do with messages that could not be done: try again, leave undone, go past a gap; and bringing a sheet."""

from typing import Any

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, about, command, detail
from linli.base.scope import scope
from linli.doors.channels.hotline.models import Exchange, Order
from linli.doors.intake.hotline import receiving, sheets
from linli.doors.intake.hotline.models import Message

State = Message.State


@command("hotline.try_again", right="hotline.desk", repeatable=True)
def try_again(actor: Actor, message: Message) -> Message:
    """Perform a message once more that was refused; still refused, it stays with the reason of today."""
    row = _seen(message)
    if row.state != State.REFUSED:
        raise Refused("只有办不了的来件可以再办。", status=409)
    receiving.again(row)
    row.refresh_from_db()
    return row


@command("hotline.leave_undone", right="hotline.desk")
def leave_undone(actor: Actor, message: Message, *, note: str) -> Message:
    """Decide that a message is not performed, with the reason; what waited behind it goes on."""
    row = _seen(message)
    if row.state != State.REFUSED:
        raise Refused("只有办不了的来件可以不办。", status=409)
    if not note.strip():
        raise Refused("请写明为什么不办。", field="note")
    with scope(system("hotline")):
        order = receiving.locked_order(row.exchange, row.order_number)
        row.state, row.note, row.content, row.done_at = State.DROPPED, note.strip()[:200], None, now()
        row.save(update_fields=["state", "note", "content", "done_at"])
        if row.seq == order.next_seq:
            _past(order, row.seq)
            receiving.go_on(row.exchange, order)
    return row


@command("hotline.skip", right="hotline.desk")
def skip(actor: Actor, message: Message, *, note: str) -> Message:
    """Stop waiting for messages that do not come, and go on with this one, the first that waits in its order."""
    row = _seen(message)
    if row.state != State.WAITING:
        raise Refused("这条来件没有在等。", status=409)
    if not note.strip():
        raise Refused("请写明为什么不再等。", field="note")
    with scope(system("hotline")):
        order = receiving.locked_order(row.exchange, row.order_number)
        waiting = Message.objects.filter(exchange=row.exchange, order_number=row.order_number, state=State.WAITING)
        if waiting.filter(seq__lt=row.seq).exists():
            raise Refused("同一工单里还有更早的来件在等，请从最早的一条跳过。", status=409)
        stuck = Message.objects.filter(
            exchange=row.exchange, order_number=row.order_number, seq=order.next_seq, state=State.REFUSED
        )
        if stuck.exists():
            raise Refused("前面那条来件已经收到，只是办不了：请先决定它还办不办。", status=409)
        detail(order=row.order_number, missing=f"{order.next_seq}-{row.seq - 1}")
        Message.objects.filter(pk=row.pk).update(note=note.strip()[:200])
        _past(order, row.seq - 1)
        receiving.go_on(row.exchange, order)
    row.refresh_from_db()
    return row


@command("hotline.bring_sheet", right="hotline.desk", repeatable=True)
def bring_sheet(actor: Actor, exchange: Exchange, *, content: bytes, file_name: str) -> dict[str, Any]:
    """Take in the messages of a sheet, row by row, as if each had come by itself. A second time adds nothing.

    Returns counts by what became of them, and the rows that could not be taken.
    """
    if not exchange.active:
        raise Refused("这个对接没有启用。", status=409)
    found = sheets.bring(exchange, content, file_name)
    about("hotline.exchange", exchange.pk)
    detail(**found["counts"])
    return found


def _past(order: Order, seq: int) -> None:
    order.next_seq = seq + 1
    order.save(update_fields=["next_seq"])


def _seen(message: Message) -> Message:
    """The message under a lock, as far as this actor may see it."""
    row = (
        Message.objects.select_for_update(of=("self",))
        .select_related("exchange__post__account", "exchange__post__organisation")
        .filter(pk=message.pk)
        .first()
    )
    if row is None:
        raise Refused("没有找到这条来件，或者它不在您的工作范围内。", status=404)
    about("hotline_inbox.message", row.pk)
    return row
