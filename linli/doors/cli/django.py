"""`linli django ...`: Django's own management commands on this instance's database."""

import click

from linli.base.ground import ground


@click.command("django", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.option("--as-owner", is_flag=True, help="以表的所有者身份运行")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(as_owner: bool, words: tuple[str, ...]) -> None:
    """Django 管理命令,例如 linli django shell。"""
    from django.core.management import execute_from_command_line

    with ground("owner" if as_owner or words[:1] == ("makemigrations",) else "web", ready=False):
        execute_from_command_line(["linli django", *words])
