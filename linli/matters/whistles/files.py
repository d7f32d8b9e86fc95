"""Who sees the photos of a whistle: whoever sees the whistle."""

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.files.models import StoredFile
from linli.base.files.queries import owner_rule
from linli.matters.whistles.queries import visible_to

OWNER = "whistle"


@owner_rule(OWNER)
def seen_with_the_whistle(actor: Actor, owner_id: str) -> bool:
    """`owner_id` is the id of the whistle."""
    return actor.signed_in and owner_id.isdigit() and visible_to(actor).filter(pk=int(owner_id)).exists()


def files_of(whistle: int) -> QuerySet[StoredFile]:
    """Everything that hangs on a whistle, in the order it came."""
    return StoredFile.objects.filter(owner_kind=OWNER, owner_id=str(whistle)).order_by("pk")
