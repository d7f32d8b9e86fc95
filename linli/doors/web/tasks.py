"""Regular work, from the table in linli/doors/wiring.py: each line one job of the queue, done once by one worker."""

from procrastinate.contrib.django import app

from linli.base.actor import system
from linli.base.commands import COMMANDS
from linli.base.scope import scope
from linli.doors.wiring import REGULAR


def perform(name: str) -> None:
    """Run a command without arguments as the system."""
    actor = system("regular work")
    with scope(actor):
        COMMANDS[name].run(actor)


def _register(name: str, cron: str) -> None:
    @app.periodic(cron=cron, periodic_id=name)
    @app.task(name=f"regular.{name}", queueing_lock=name)
    def regular(timestamp: int) -> None:
        perform(name)


for _name, _cron in REGULAR.items():
    _register(_name, _cron)
