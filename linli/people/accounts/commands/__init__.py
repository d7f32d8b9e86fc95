"""Everything that can be done to an account or a post. One function per act; nothing else writes."""

from linli.people.accounts.commands.keeping import sweep
from linli.people.accounts.commands.managing import (
    activate,
    appoint,
    create,
    deactivate,
    end_post,
    reset_password,
    reset_second_factor,
)
from linli.people.accounts.commands.own import change_password, enrol, renew_recovery_codes, sign_out_everywhere
from linli.people.accounts.commands.proposing import approve, decline, propose

__all__ = [
    "activate",
    "appoint",
    "approve",
    "change_password",
    "create",
    "deactivate",
    "decline",
    "end_post",
    "enrol",
    "propose",
    "renew_recovery_codes",
    "reset_password",
    "reset_second_factor",
    "sign_out_everywhere",
    "sweep",
]
