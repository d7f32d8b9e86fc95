"""Sending one letter: claimed, called outside of any transaction, and the outcome written down.

Claiming is one conditional update, so two workers never send the same attempt; a worker that dies leaves a claim that
runs out. The hotline may get a letter twice (it is known by its id), never out of order and never not at all.
"""

import json
import secrets as chance
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max

from linli.base import masks, reaching, webhooks
from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.reaching import Answer, Unreachable
from linli.base.scope import scope
from linli.doors.channels.hotline import queries, rules, secrets
from linli.doors.channels.hotline.models import Letter, Secret
from linli.procedures.models import Entry

CLAIM = timedelta(seconds=60)
Post = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. next_at: when the letter is tried again; follows: the letter that may go now."""

    state: str
    next_at: datetime | None = None
    follows: int | None = None


def attempt(letter_id: int, post: Post = reaching.post) -> Outcome | None:
    """Try to send a letter once; None when it is not its turn."""
    actor = system("hotline")
    moment = now()
    with scope(actor):
        claimed = queries.due(moment).filter(pk=letter_id)
        if not Letter.objects.filter(
            pk__in=claimed.values("pk"), state=Letter.State.WAITING, next_at__lte=moment
        ).update(attempts=F("attempts") + 1, next_at=moment + CLAIM):
            return None
        letter = Letter.objects.select_related("exchange", "order__case").get(pk=letter_id)
        body = json.dumps(words_of(letter), ensure_ascii=False, separators=(",", ":")).encode()
        keys = secrets.in_force(letter.exchange_id, Secret.Direction.OUT, moment)
    answer: Answer | None = None
    try:
        signed = webhooks.headers(keys, letter.message_id, moment, body)
        answer = post(letter.exchange.address, body, {**signed, "Content-Type": "application/json; charset=utf-8"})
        error = "" if rules.delivered(answer.status) else f"对方答 {answer.status}：{answer.text}"
    except Unreachable as no:
        error = str(no)
    with scope(actor):
        return _note(letter, answer, error)


def _note(letter: Letter, answer: Answer | None, error: str) -> Outcome:
    moment = now()
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    if row.state not in (Letter.State.WAITING, Letter.State.DEAD):
        return Outcome(row.state)  # dropped meanwhile
    row.status = answer.status if answer else None
    row.error = _plain(error)
    if not error:
        row.state, row.sent_at = Letter.State.SENT, moment
    elif rules.hopeless(row.status, row.attempts):
        row.state = Letter.State.DEAD
    else:
        spread = chance.randbelow(1001) / 1000
        row.next_at = moment + rules.pause(row.attempts, spread, answer.retry_after if answer else None)
    row.save(update_fields=["status", "error", "state", "sent_at", "next_at"])
    if row.state == Letter.State.WAITING:
        return Outcome(row.state, next_at=row.next_at)
    return Outcome(row.state, follows=_next(row) if row.state == Letter.State.SENT else None)


def _next(row: Letter) -> int | None:
    if row.order_id is None:
        return None
    rows = Letter.objects.filter(order_id=row.order_id, state=Letter.State.WAITING, id__gt=row.pk)
    return rows.order_by("id").values_list("id", flat=True).first()


def _plain(text: str) -> str:
    """What the other side said, as one short line that can stand in a list."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]


def words_of(letter: Letter) -> dict[str, Any]:
    """The message itself: type, when it happened, and the words of the entry it reports."""
    if letter.order is None or letter.entry_seq is None or letter.order.case is None:
        return {"type": letter.type, "timestamp": _stamp(letter.created_at), "data": {}}
    entry = Entry.objects.get(proceeding=letter.order.case, seq=letter.entry_seq)
    before = Letter.objects.filter(order=letter.order, id__lt=letter.pk, state=Letter.State.SENT)
    return {
        "type": letter.type,
        "timestamp": _stamp(entry.at),
        "data": {
            "order": letter.order.number,
            "seq": letter.seq,
            # The one before, so that the hotline knows of a number that was left out.
            "previous": before.aggregate(last=Max("seq"))["last"] or 0,
            "case": letter.order.case.number,
            "round": entry.round,
            "at": _stamp(entry.at),
            "note": _note_of(entry),
            **letter.facts,
        },
    }


def _note_of(entry: Entry) -> str:
    """What was written to the resident goes as it is; what the resident or units among themselves wrote, without numbers
    by which somebody is known."""
    outward = entry.public and entry.actor_kind != "resident"
    return entry.note if outward else masks.scrub(entry.note)


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
