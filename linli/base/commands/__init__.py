"""Commands: the only writers. One public function per act, one transaction, everything recorded in it."""

from linli.base.commands.engine import COMMANDS, Command, about, announce, command, detail, nothing_done, submission
from linli.base.commands.refusals import Refused

__all__ = ["COMMANDS", "Command", "Refused", "about", "announce", "command", "detail", "nothing_done", "submission"]
