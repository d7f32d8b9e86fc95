"""Everything that can be done to a case. One function per act; nothing else writes."""

from linli.matters.cases.commands.deliberating import convene, invite, rule, speak
from linli.matters.cases.commands.desk import dispatch, join, reclassify, redirect, refuse_return, remind
from linli.matters.cases.commands.exporting import export
from linli.matters.cases.commands.extending import ask_extension, extend, grant_extension, refuse_extension
from linli.matters.cases.commands.handling import (
    accept,
    answer,
    contact,
    dispute,
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
from linli.matters.cases.commands.looking_back import clear_difficult, instruct, look_back, mark_difficult
from linli.matters.cases.commands.pressing import raise_rungs, supervise
from linli.matters.cases.commands.reading import reveal, track
from linli.matters.cases.commands.searching import search_phone
from linli.matters.cases.commands.settling import callback, confirm, settle, supplement, withdraw
from linli.matters.cases.commands.sharing import (
    accept_part,
    agree_part,
    cancel_part,
    reject_part,
    report_part,
    share,
)
from linli.matters.cases.commands.standing import (
    ask_exemption,
    decline,
    grant_exemption,
    hang_up,
    lift,
    refuse_exemption,
    review_hang_up,
)
from linli.matters.cases.commands.things import follow_thing

__all__ = [
    "accept",
    "accept_part",
    "agree_part",
    "answer",
    "ask_exemption",
    "ask_extension",
    "callback",
    "cancel_part",
    "clear_difficult",
    "confirm",
    "contact",
    "convene",
    "decline",
    "dispatch",
    "dispute",
    "export",
    "extend",
    "file",
    "follow_thing",
    "grant_exemption",
    "grant_extension",
    "hand",
    "hang_up",
    "instruct",
    "invite",
    "join",
    "lift",
    "look_back",
    "mark_difficult",
    "measure",
    "pause",
    "raise_rungs",
    "reclassify",
    "redirect",
    "refuse_exemption",
    "refuse_extension",
    "refuse_return",
    "reject_part",
    "remind",
    "report_part",
    "resume",
    "return_",
    "reveal",
    "review_hang_up",
    "rule",
    "search_phone",
    "settle",
    "share",
    "speak",
    "supervise",
    "supplement",
    "support",
    "support_done",
    "track",
    "visit",
    "withdraw",
]
