"""The acts on party organisations, by family."""

from linli.people.party.commands.arranging import Into, dissolve, merge, move, regroup, rename, split
from linli.people.party.commands.cards import (
    correct_card,
    end_card,
    enter_card,
    enter_cards,
    make_formal,
    reveal_card,
    transfer_card,
)
from linli.people.party.commands.electing import begin_term, elect, postpone
from linli.people.party.commands.following import follow_merger
from linli.people.party.commands.founding import (
    cover_more,
    describe,
    enter,
    found,
    found_alliance,
    found_provisional,
    join_units,
    survey_unit,
    uncover,
)
from linli.people.party.commands.telling import tell_of_term
from linli.people.party.commands.undoing import undo

__all__ = [
    "Into",
    "begin_term",
    "correct_card",
    "cover_more",
    "describe",
    "dissolve",
    "elect",
    "end_card",
    "enter",
    "enter_card",
    "enter_cards",
    "follow_merger",
    "found",
    "found_alliance",
    "found_provisional",
    "join_units",
    "make_formal",
    "merge",
    "move",
    "postpone",
    "regroup",
    "rename",
    "reveal_card",
    "split",
    "survey_unit",
    "tell_of_term",
    "transfer_card",
    "uncover",
    "undo",
]
