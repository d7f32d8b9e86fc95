"""`linli migrate`: roles, rights and tables, as the owner. Safe to call at every deployment."""

import click

from linli.base.ground import database, ground
from linli.base.roles import fingerprint, note, prepare


@click.command("migrate")
def command() -> None:
    """建立或升级数据库:角色、权限与表结构。"""
    with database() as addresses:
        prepare(addresses.admin)
        with ground("owner", addresses):
            from django.core.management import call_command

            call_command("migrate", interactive=False, verbosity=1)
        note(addresses.admin, "migrations", fingerprint())
