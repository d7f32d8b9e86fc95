"""Reading exchanges, orders and letters. Lists of letters start from what the actor may see."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from linli.base.actor import Actor
from linli.base.scope import within
from linli.doors.channels.hotline.models import Exchange, Letter


def exchange_of(code: str) -> Exchange | None:
    """The exchange behind an address, with the post it acts through."""
    rows = Exchange.objects.select_related("post__account", "post__organisation")
    return rows.filter(code=code).first()


def visible_to(actor: Actor) -> QuerySet[Letter]:
    """Letters about orders in the actor's region, and those about no order in it."""
    return Letter.objects.filter(within(actor)).select_related("order__case", "exchange")


def counted(actor: Actor) -> dict[str, int]:
    """How many letters stand in each state."""
    rows = Letter.objects.filter(within(actor)).order_by().values("state").annotate(times=Count("id"))
    return {row["state"]: row["times"] for row in rows}


def due(moment: datetime) -> QuerySet[Letter]:
    """Letters whose turn it is: of each order the first one that has not gone out."""
    earlier = Letter.objects.filter(
        order_id=OuterRef("order_id"), id__lt=OuterRef("id"), state__in=[Letter.State.WAITING, Letter.State.DEAD]
    )
    return Letter.objects.filter(
        ~Exists(earlier),
        state=Letter.State.WAITING,
        next_at__lte=moment,
        exchange__active=True,
        exchange__transport=Exchange.Transport.WEBHOOK,
    )
