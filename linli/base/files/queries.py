"""Finding files. Whether an actor may see one is said by the rule of its owner's kind; without a rule nobody may."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.files.models import StoredFile

OwnerRule = Callable[[Actor, str], bool]
owner_rules: dict[str, OwnerRule] = {}


def owner_rule(kind: str) -> Callable[[OwnerRule], OwnerRule]:
    """A room says who sees the files of its objects: ``@owner_rule("case")`` on ``rule(actor, owner_id) -> bool``."""

    def register(rule: OwnerRule) -> OwnerRule:
        if kind in owner_rules:
            raise RuntimeError(f"two rules for the files of {kind}")
        owner_rules[kind] = rule
        return rule

    return register


def may_see(actor: Actor, file: StoredFile) -> bool:
    """The owner's rule decides. A file nobody has attached yet is seen by the signed-in person who uploaded it."""
    if file.state != StoredFile.State.CLEAN:
        return False
    if not file.owner_kind:
        return actor.signed_in and file.uploaded_by == actor.principal
    rule = owner_rules.get(file.owner_kind)
    return rule is not None and rule(actor, file.owner_id)


def of(kind: str, owner_id: object) -> QuerySet[StoredFile]:
    """The files of one object, in the order they came."""
    return StoredFile.objects.filter(owner_kind=kind, owner_id=str(owner_id)).order_by("pk")


def of_many(kind: str, owner_ids: Iterable[object]) -> dict[str, list[StoredFile]]:
    """The files of many objects in one query."""
    found: dict[str, list[StoredFile]] = defaultdict(list)
    for file in StoredFile.objects.filter(owner_kind=kind, owner_id__in=[str(each) for each in owner_ids]).order_by(
        "pk"
    ):
        found[file.owner_id].append(file)
    return found


def waiting(actor: Actor, tickets: Sequence[str]) -> list[StoredFile]:
    """Uploads not attached yet, by the tickets their sender got back; others' and unknown tickets find nothing.

    For a form that was shown again after a mistake: its photos need not be sent twice.
    """
    mine = StoredFile.objects.filter(owner_kind="", uploaded_by=actor.principal)
    return list(mine.filter(ticket__in=list(tickets)[:50]).order_by("pk"))
