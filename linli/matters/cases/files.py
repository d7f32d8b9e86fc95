"""Who sees the photos and papers of a case: whoever sees the case."""

from linli.base.actor import Actor
from linli.base.files.queries import owner_rule
from linli.matters.cases.queries import visible_to


@owner_rule("case")
def seen_with_the_case(actor: Actor, owner_id: str) -> bool:
    """`owner_id` is the id of the case."""
    return owner_id.isdigit() and visible_to(actor).filter(pk=int(owner_id)).exists()
