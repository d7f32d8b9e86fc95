"""Setting an exchange up, writing letters to it, and what people do with those that could not be sent."""

from linli.doors.channels.hotline.commands.letters import deliver, drop, hand_over, report, send_again
from linli.doors.channels.hotline.commands.setting_up import (
    add_secret,
    change,
    end_secret,
    ping,
    set_up,
    switch,
)

__all__ = [
    "add_secret",
    "change",
    "deliver",
    "drop",
    "end_secret",
    "hand_over",
    "ping",
    "report",
    "send_again",
    "set_up",
    "switch",
]
