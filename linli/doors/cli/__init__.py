"""The command line: `linli COMMAND`.

Each file of this folder without a leading underscore holds one command in its variable `command`; `cases.train` lives
in `cases_train.py`. To add a command, add a file. A file is imported when its command is called or listed, so it
imports Django and models inside its functions, within `with ground():` (see linli/base/ground.py).
"""

import importlib.util
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from linli import __version__


class Commands(click.Group):
    """Finds commands among the files of this folder, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        files = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
        return sorted(str(self._load(file).name) for file in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        file = cmd_name.replace(".", "_").replace("-", "_")
        found = importlib.util.find_spec(f"{__name__}.{file}") if file.isidentifier() else None
        if found is None or file.startswith("_"):
            return None
        command = self._load(file)
        return command if command.name == cmd_name else None

    @staticmethod
    def _load(file: str) -> click.Command:
        command = importlib.import_module(f"{__name__}.{file}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def group() -> None:
    """邻里：街道、社区工作平台。"""


def main(arguments: Sequence[str] | None = None, **options: Any) -> NoReturn:
    """Entry point of `linli`. Errors that a person can act on are one plain line, without a traceback."""
    try:
        code = group.main(arguments, prog_name="linli", standalone_mode=False, **options)
    except Exception as error:
        from linli.doors.cli._plain import line

        told = line(error)
        if told is None:
            raise
        click.echo(f"linli: {told[0]}", err=True)
        sys.exit(told[1])
    sys.exit(code if isinstance(code, int) else 0)
