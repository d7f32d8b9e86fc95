"""Everything that can be done to a whistle. One function per act; nothing else writes."""

from linli.matters.whistles.commands.closing import conclude_unrated, confirm, rate, send_back
from linli.matters.whistles.commands.exporting import export
from linli.matters.whistles.commands.parts import deliver, do_over, split, take_over
from linli.matters.whistles.commands.raising import call, stand_down, whistle
from linli.matters.whistles.commands.site import arrive, finish, work

__all__ = [
    "arrive",
    "call",
    "conclude_unrated",
    "confirm",
    "deliver",
    "do_over",
    "export",
    "finish",
    "rate",
    "send_back",
    "split",
    "stand_down",
    "take_over",
    "whistle",
    "work",
]
