"""Taking messages in: each once for good, each order in its own sequence, each through the command of its act.

A message and what it brings about are committed together, and only then is the sender told. What comes too early
waits, sealed, until the message before it is there; what the command refuses stays with its reason for a person, and
the order goes on. Only when there is no case yet does everything of the order wait for the first message.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from pydantic import ValidationError

from linli.base import masks
from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import COMMANDS, Refused, submission
from linli.base.commands.models import ReadRow
from linli.base.crypto import Purpose, next_pks, seal_into
from linli.base.scope import scope
from linli.doors.channels.hotline.models import Exchange, Order
from linli.doors.intake.hotline.acts import CREATED, INCOMING, PING, Content
from linli.doors.intake.hotline.models import Message
from linli.matters.cases import placing
from linli.matters.cases.listing import place_name
from linli.people.accounts.queries import actor_of
from linli.people.accounts.rules import in_office
from linli.procedures.models import Proceeding

State = Message.State
log = logging.getLogger(__name__)
MOST_IN_TURN = 1000


class BadMessage(ValueError):
    """A signed message that cannot be understood: the sender is told what is wrong with it."""


class Conflict(ValueError):
    """The same message number, or the same place in the order, with other content than before."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. repeated: it was here before; number: of our case, once there is one."""

    state: str
    repeated: bool = False
    number: str = ""
    error: str = ""


def parsed(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """(type, data) of a message. Raises BadMessage."""
    try:
        found = json.loads(body)
        kind, data = found["type"], found.get("data") or {}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadMessage("内容要是 JSON，有 type 和 data。") from error
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise BadMessage("type 要是文字，data 要是对象。")
    return kind, data


def understood(kind: str, data: Mapping[str, Any]) -> Content:
    """The content in the shape of its type. Raises BadMessage with the first thing that is wrong."""
    incoming = INCOMING.get(kind)
    if incoming is None:
        raise BadMessage(f"没有“{kind[:40]}”这种消息。")
    try:
        return incoming.shape.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadMessage(f"{where}：{first['msg']}") from error


def take(exchange: Exchange, message_id: str, kind: str, data: Mapping[str, Any], via: str) -> Taken:
    """Take a message of this exchange in. Raises BadMessage and Conflict; then nothing was kept."""
    if kind == PING:
        return Taken(State.DONE)
    said = understood(kind, data)
    digest = _digest(kind, said)
    with scope(system("hotline")):
        order = locked_order(exchange, said.order)
        before = (
            Message.objects.filter(exchange=exchange, message_id=message_id).first()
            or Message.objects.filter(exchange=exchange, order_number=said.order, seq=said.seq).first()
        )
        if before is not None:
            if before.digest != digest:
                raise Conflict(message_id)
            Message.objects.filter(pk=before.pk).update(repeats=F("repeats") + 1)
            return Taken(before.state, True, _number(order), before.error)
        row = Message(
            pk=next_pks(Message)[0], exchange=exchange, message_id=message_id, order_number=said.order, seq=said.seq,
            type=kind, digest=digest, region_code=order.region_code, via=via, received_at=now(),
        )  # fmt: skip
        if said.seq < order.next_seq:
            # A gap that was skipped is filled too late: a person decides.
            row.state, row.error = State.REFUSED, "跳过以后才收到，要人决定还办不办。"
        elif said.seq == order.next_seq:
            _perform(exchange, order, row, said)
        if row.state in (State.WAITING, State.REFUSED):
            seal_into(row, content=said.model_dump_json())
        row.save(force_insert=True)
        if row.state == State.DONE or (row.state == State.REFUSED and order.next_seq > said.seq):
            go_on(exchange, order)
        return Taken(row.state, False, _number(order), row.error)


def go_on(exchange: Exchange, order: Order) -> int:
    """Perform what waits in this order, as far as it follows without a gap. The order is locked by the caller."""
    done = 0
    while done < MOST_IN_TURN:
        row = Message.objects.filter(
            exchange=exchange, order_number=order.number, seq=order.next_seq, state=State.WAITING
        ).first()
        if row is None:
            break
        before = order.next_seq
        _perform(exchange, order, row, _opened(row))
        if row.state == State.DONE:
            row.content = None
        row.region_code = order.region_code
        row.save(update_fields=["state", "error", "done_at", "attempts", "content", "region_code"])
        if order.next_seq == before:
            break
        done += 1
    return done


def again(row: Message) -> Taken:
    """Perform a message that was refused once more, because a person has removed the reason."""
    with scope(system("hotline")):
        order = locked_order(row.exchange, row.order_number)
        fresh = Message.objects.select_for_update().get(pk=row.pk)
        if fresh.state != State.REFUSED or fresh.content is None:
            return Taken(fresh.state, False, _number(order), fresh.error)
        _perform(row.exchange, order, fresh, _opened(fresh))
        if fresh.state == State.DONE:
            fresh.content = None
        fresh.region_code = order.region_code
        fresh.save(update_fields=["state", "error", "done_at", "attempts", "content", "region_code"])
        if fresh.state == State.DONE:
            go_on(row.exchange, order)
        return Taken(fresh.state, False, _number(order), fresh.error)


def _perform(exchange: Exchange, order: Order, row: Message, said: Content) -> None:
    """One message through its command. Sets the row's state and moves the order on; saves the order only."""
    row.attempts += 1
    row.state, case = State.WAITING, None
    try:
        # The message's own number is its key, whatever headers came with the request.
        with transaction.atomic(), submission(row.message_id, f"hotline:{exchange.code}"):
            case = _call(exchange, order, row.type, said)
    except Refused as no:
        row.state, row.error = State.REFUSED, masks.scrub(no.message)[:300]
    except DatabaseError:
        raise  # the sender comes again
    except Exception:  # one message that we stumble over must not hold up its order for good
        log.exception("message %s of %s", row.pk, exchange.code)
        row.state, row.error = State.REFUSED, "程序出错，已记入日志，请联系系统管理员。"
    if row.state == State.REFUSED:
        # Without a case nothing that follows can be done: it waits until a person has decided about the first.
        if order.case_id is None:
            return
    else:
        row.state, row.error, row.done_at = State.DONE, "", now()
        if case is not None and order.case_id is None:
            order.case_id = case
            order.region_code = row.region_code = _region(case)
    if row.seq >= order.next_seq:
        order.next_seq = row.seq + 1
    order.save(update_fields=["next_seq", "case", "region_code"])


def _call(exchange: Exchange, order: Order, kind: str, said: Content) -> int | None:
    actor = _actor(exchange)
    name, given = INCOMING[kind].call(said)
    if kind == CREATED:
        if order.case_id is not None:
            raise Refused("这个工单已经收过了。")
        with scope(actor):
            return _file(actor, exchange, dict(given))
    if order.case_id is None:
        raise Refused("这个工单还没有收下来。")
    with scope(actor):
        COMMANDS[name].run(actor, order.case_id, **given)
    return None


def _file(actor: Actor, exchange: Exchange, given: dict[str, Any]) -> int:
    """File the case. What the hotline could not know exactly (place, category, telephone) does not keep it outside."""
    given["foreign_source"] = exchange.code
    given["region_code"] = given["region_code"] or ("" if given["longitude"] is not None else exchange.region_code)
    for _try in range(4):
        try:
            with transaction.atomic():
                _check_place(exchange, given)
                return int(COMMANDS["cases.file"].run(actor, **given)["id"])
        except Refused as no:
            if no.field in ("longitude", "region_code", "place") and given["region_code"] != exchange.region_code:
                given |= {"longitude": None, "latitude": None, "region_code": exchange.region_code}
            elif no.field == "phone" and given["phone"]:
                given |= {"phone": "", "text": f"{given['text']}\n（热线登记的联系方式：{given['phone']}）"[:5000]}
            elif no.field in ("category", "service_class") and given[no.field]:
                given[no.field] = ""
            else:
                raise
    raise Refused("这件来单收不下来，请人工登记。")


def _check_place(exchange: Exchange, given: dict[str, Any]) -> None:
    """Refuse an order that lies elsewhere: an exchange belongs to a district or a street and files into no other one."""
    where = placing.place(
        region_code=given["region_code"], longitude=given["longitude"], latitude=given["latitude"]
    ).region_code
    if not where.startswith(exchange.region_code):
        raise Refused(f"这件来单的地点在{place_name(where)}，不在这个对接的辖区里，请热线改派给那边。")


def _actor(exchange: Exchange) -> Actor:
    """Who the hotline is here: the post of its exchange, with the rights of that role and no more."""
    post = exchange.post
    if not post.account.is_active or not in_office(post.starts, post.ends, timezone.localdate(now())):
        raise Refused("这个对接的岗位已经停用。", status=403)
    return actor_of(post)


def locked_order(exchange: Exchange, number: str) -> Order:
    """The order's row under a lock, made when it is new: two messages of one order queue up here."""
    rows = Order.objects.select_for_update(of=("self",)).select_related("case").filter(exchange=exchange, number=number)
    found = rows.first()
    if found is None:
        Order.objects.bulk_create(
            [Order(exchange=exchange, number=number, region_code=exchange.region_code, created_at=now())],
            ignore_conflicts=True,
        )
        found = rows.get()
    return found


def _region(case: int) -> str:
    return str(Proceeding.objects.values_list("region_code", flat=True).get(pk=case))


def _number(order: Order) -> str:
    if order.case_id is None:
        return ""
    return str(Proceeding.objects.values_list("number", flat=True).get(pk=order.case_id))


def _opened(row: Message) -> Content:
    """What waited, opened to be performed; the read log says so first."""
    log = ReadRow.objects.create(
        at=now(), reader="热线对接", role="system", subject_kind="hotline_inbox.message", subject_id=str(row.pk),
        fields=["hotline_inbox.message.content"], purpose="intake",
    )  # fmt: skip
    sealed: Any = row.content
    text = sealed.reveal(
        Purpose("intake", system("hotline").principal, log.pk, frozenset({"hotline_inbox.message.content"}))
    )
    return INCOMING[row.type].shape.model_validate_json(text)


def _digest(kind: str, said: Content) -> str:
    """What was understood, as a hash: a repeated message may be written otherwise and is the same."""
    return hashlib.sha256(f"{kind}\n{said.model_dump_json()}".encode()).hexdigest()
