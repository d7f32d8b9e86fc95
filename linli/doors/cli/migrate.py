"""`linli migrate`: roles, rights and tables, as the owner. Safe to call at every deployment."""

import click

from linli.base.ground import database, ground
from linli.base.roles import fingerprint, note, prepare


@click.command("migrate")
@click.option("--verbosity", default=1, show_default=True, help="说得多详细（0 到 3）")
def command(verbosity: int) -> None:
    """建立或升级数据库：角色、权限、表结构与随附的政策。"""
    with database() as addresses:
        prepare(addresses.admin)
        with ground("owner", addresses):
            from django.core.management import call_command

            from linli.base.actor import system
            from linli.base.policies.commands import ship

            call_command("migrate", interactive=False, verbosity=verbosity)
            ship(system("migrate"))
        note(addresses.admin, "migrations", fingerprint())
