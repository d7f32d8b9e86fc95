"""What an act writes, row by row, kept beside it: shown before it is done, and what it takes to take it back."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from linli.people.organisations.models import Organisation, Responsibility, Standing
from linli.people.party.models import Change, ChangeTrace, Coverage, MemberCard, Membership

Row = tuple[str, int]
# table -> (model, the columns that acts change)
TABLES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "organisation": (Organisation, ("name", "short_name", "parent_id", "valid_from", "valid_to")),
    "standing": (Standing, ("organisation_id", "name", "short_name", "parent_id", "starts", "until", "basis")),
    "responsibility": (Responsibility, ("organisation_id", "region_code", "ends")),
    "membership": (Membership, ("card_id", "organisation_id", "attached", "starts", "until")),
    "coverage": (Coverage, ("organisation_id", "unit_id", "building_id", "starts", "until")),
    "card": (MemberCard, ("region_code",)),
}


def values(row: Any, columns: Iterable[str]) -> dict[str, Any]:
    """The columns of one row as they can be kept: days as text."""
    held = {name: getattr(row, name) for name in columns}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in held.items()}


def _rows(organisations: set[int], cards: set[int]) -> dict[Row, dict[str, Any]]:
    of = Q(organisation__in=organisations)
    wanted = {
        "organisation": Q(pk__in=organisations),
        "standing": of,
        "responsibility": of,
        "membership": Q(card__in=cards) | (of & Q(attached=True)),
        "coverage": of,
        "card": Q(pk__in=cards),
    }
    return {
        (table, row.pk): values(row, columns)
        for table, (model, columns) in TABLES.items()
        for row in model._base_manager.filter(wanted[table]).only("pk", *columns)
    }


class Tracing:
    """Opened before an act writes: the organisations it starts from, what stands under them, the cards it moves."""

    def __init__(self, organisations: Iterable[Organisation] = (), cards: Iterable[int] = ()) -> None:
        keys = {row.pk for row in organisations}
        self.organisations = keys | set(Organisation.objects.filter(parent__in=keys).values_list("pk", flat=True))
        self.cards = set(cards)
        self.before = _rows(self.organisations, self.cards)

    def keep(self, change: Change, *made: Organisation) -> None:
        """Closed when everything is written, with the organisations that came to be."""
        after = _rows(self.organisations | {row.pk for row in made}, self.cards)
        steps = [
            [table, pk, self.before.get((table, pk)), row]
            for (table, pk), row in after.items()
            if self.before.get((table, pk)) != row
        ]
        ChangeTrace.objects.create(change=change, steps=steps)
