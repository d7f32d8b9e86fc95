"""Who sees the photos and papers of a case: whoever sees the case; what units tell each other, only staff who do."""

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.files.models import StoredFile
from linli.base.files.queries import owner_rule
from linli.matters.cases.queries import visible_to


@owner_rule("case")
def seen_with_the_case(actor: Actor, owner_id: str) -> bool:
    """`owner_id` is the id of the case."""
    return owner_id.isdigit() and visible_to(actor).filter(pk=int(owner_id)).exists()


@owner_rule("case.internal")
def seen_by_staff_with_the_case(actor: Actor, owner_id: str) -> bool:
    """Materials of a return or from a supporting unit: never for the reporter."""
    return actor.signed_in and seen_with_the_case(actor, owner_id)


def files_of(case: int) -> QuerySet[StoredFile]:
    """Everything that hangs on a case, for staff; in the order it came."""
    return StoredFile.objects.filter(owner_kind__in=("case", "case.internal"), owner_id=str(case)).order_by("pk")
