"""Everything that can be done to the register of people, by verb family."""

from collections.abc import Callable
from typing import Any

from linli.people.residents.commands.caring import end_care, note_care, record_visit, review_care
from linli.people.residents.commands.checking import check_many, closed_dwellings
from linli.people.residents.commands.common import Given
from linli.people.residents.commands.comparing import alike_many
from linli.people.residents.commands.contacts import add_contact, end_contact
from linli.people.residents.commands.doubles import keep_apart, merge, separate
from linli.people.residents.commands.following import follow_dwellings
from linli.people.residents.commands.homes import join, move_house, move_in, move_out, split
from linli.people.residents.commands.lives import note_death, undo_death
from linli.people.residents.commands.many import register_many, seal_ahead
from linli.people.residents.commands.reading import FIELDS, PURPOSES, export, list_care, purposes_of, reveal, search
from linli.people.residents.commands.registering import correct, register, tell
from linli.people.residents.commands.withdrawing import unchanged, withdraw_many

Act = Callable[..., Any]

__all__ = [
    "FIELDS",
    "PURPOSES",
    "Act",
    "Given",
    "add_contact",
    "alike_many",
    "check_many",
    "closed_dwellings",
    "correct",
    "end_care",
    "end_contact",
    "export",
    "follow_dwellings",
    "join",
    "keep_apart",
    "list_care",
    "merge",
    "move_house",
    "move_in",
    "move_out",
    "note_care",
    "note_death",
    "purposes_of",
    "record_visit",
    "register",
    "register_many",
    "reveal",
    "review_care",
    "seal_ahead",
    "search",
    "separate",
    "split",
    "tell",
    "unchanged",
    "undo_death",
    "withdraw_many",
]
