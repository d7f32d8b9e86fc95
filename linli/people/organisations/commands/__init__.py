"""The acts of this room, by family: the structure of the office, the register, terms and contacts."""

from linli.people.organisations.commands.contacts import add_contact, end_contact, reveal_contact
from linli.people.organisations.commands.merging import keep_apart, merge_double
from linli.people.organisations.commands.register import (
    check_many,
    correct,
    end_service,
    enter,
    enter_many,
    lead_service,
    leave,
    serve,
    serve_many,
)
from linli.people.organisations.commands.structure import (
    assign_region,
    close,
    end_region,
    found,
    import_sheet,
    move,
    rename,
)
from linli.people.organisations.commands.terms import begin_term, elect, note_reminder, postpone, remind_terms

__all__ = [
    "add_contact",
    "assign_region",
    "begin_term",
    "check_many",
    "close",
    "correct",
    "elect",
    "end_contact",
    "end_region",
    "end_service",
    "enter",
    "enter_many",
    "found",
    "import_sheet",
    "keep_apart",
    "lead_service",
    "leave",
    "merge_double",
    "move",
    "note_reminder",
    "postpone",
    "remind_terms",
    "rename",
    "reveal_contact",
    "serve",
    "serve_many",
]
