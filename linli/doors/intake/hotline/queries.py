"""Reading what came in. Every list starts from what the actor may see."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum

from linli.base.actor import Actor
from linli.doors.channels.hotline.models import Order
from linli.doors.channels.hotline.queries import within
from linli.doors.intake.hotline.models import Message, Rejection


def visible_to(actor: Actor) -> QuerySet[Message]:
    """Messages about orders in the actor's region."""
    return Message.objects.filter(within(actor)).select_related("exchange")


def counted(actor: Actor) -> dict[str, int]:
    """How many messages stand in each state."""
    rows = Message.objects.filter(within(actor)).order_by().values("state").annotate(times=Count("id"))
    return {row["state"]: row["times"] for row in rows}


def rejected(today: date, days: int = 7) -> list[tuple[str, int]]:
    """(cause in words, how many) at the door in the last days, the most first."""
    rows = Rejection.objects.filter(day__gt=today - timedelta(days=days)).values("cause").annotate(all=Sum("times"))
    return [(str(Rejection.Cause(row["cause"]).label), row["all"]) for row in rows.order_by("-all", "cause")]


def missing(row: Message) -> list[int]:
    """The numbers of its order that have not come although later ones have: what a waiting message waits for."""
    order = order_of(row)
    if order is None or row.state != Message.State.WAITING:
        return []
    here = set(
        Message.objects.filter(exchange_id=row.exchange_id, order_number=row.order_number).values_list("seq", flat=True)
    )
    return [seq for seq in range(order.next_seq, row.seq) if seq not in here][:50]


def order_of(row: Message) -> Order | None:
    found: Any = Order.objects.select_related("case").filter(exchange_id=row.exchange_id, number=row.order_number)
    result: Order | None = found.first()
    return result
