"""The acts of this room, by family."""

from linli.base.privacy.commands.exporting import Told, decide_export, needs_second, take
from linli.base.privacy.commands.holding import hold, lift_hold
from linli.base.privacy.commands.keys import check_keys, confirm_copy, finish_rotation, rotate_keys
from linli.base.privacy.commands.requests import answer, ask, authorise, end_authority
from linli.base.privacy.commands.retention import approve, cancel, catch_up, conclude, draft, erase, rotate_after

__all__ = [
    "Told",
    "answer",
    "approve",
    "ask",
    "authorise",
    "cancel",
    "catch_up",
    "check_keys",
    "conclude",
    "confirm_copy",
    "decide_export",
    "draft",
    "end_authority",
    "erase",
    "finish_rotation",
    "hold",
    "lift_hold",
    "needs_second",
    "rotate_after",
    "rotate_keys",
    "take",
]
