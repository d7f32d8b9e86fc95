"""Everything that can be done to a case. One function per act; nothing else writes."""

from linli.matters.cases.commands.desk import dispatch, join, reclassify, redirect, refuse_return, remind, rule
from linli.matters.cases.commands.exporting import export
from linli.matters.cases.commands.handling import (
    accept,
    answer,
    contact,
    dispute,
    extend,
    hand,
    measure,
    pause,
    resume,
    return_,
    support,
    support_done,
    visit,
)
from linli.matters.cases.commands.intake import file
from linli.matters.cases.commands.reading import reveal, track
from linli.matters.cases.commands.searching import search_phone
from linli.matters.cases.commands.settling import callback, confirm, settle, supplement, withdraw

__all__ = [
    "accept",
    "answer",
    "callback",
    "confirm",
    "contact",
    "dispatch",
    "dispute",
    "export",
    "extend",
    "file",
    "hand",
    "join",
    "measure",
    "pause",
    "reclassify",
    "redirect",
    "refuse_return",
    "remind",
    "resume",
    "return_",
    "reveal",
    "rule",
    "search_phone",
    "settle",
    "supplement",
    "support",
    "support_done",
    "track",
    "visit",
    "withdraw",
]
