"""`linli account ...`: the first administrator, before anybody can sign in; and a way back in when nobody can."""

from datetime import date
from typing import Any

import click

from linli.base.ground import ground


@click.group("account")
def command() -> None:
    """账号：开第一位系统管理员，或在没人进得去时重置密码。"""


@command.command("create")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option("--role", default="system_administrator", show_default=True, help="角色代码")
@click.option("--organisation", required=True, help="组织的名称或 org:编号；没有任何组织时，以此名建立街道办事处")
@click.option("--region", default="", help="负责区划的代码；建立组织时必填")
def create(login: str, name: str, role: str, organisation: str, region: str) -> None:
    """开一个账号，任命一个岗位，显示一次性密码。"""
    with ground():
        from django.db import transaction

        from linli.base.actor import system
        from linli.base.commands import Refused
        from linli.base.scope import scope
        from linli.people.accounts import commands, queries
        from linli.people.accounts.models import Account

        actor = system("linli account create")
        try:
            with transaction.atomic(), scope(actor):
                home = _home(actor, organisation, region)
                made = commands.create(actor, login=login, name=name)
                account = Account.objects.get(pk=made["id"])
                own = "" if role == "system_administrator" else region
                commands.appoint(actor, account, role=role, organisation=home, region_code=own)
                alone = not queries.other_approvers(account.pk, date.today())  # noqa: DTZ011
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"账号 {account.login}({account.name})已开，岗位：{role},{home}。")
    show(made["password"])
    if role == "system_administrator" and alone:
        click.echo("管账号和政策的岗位要两个人任命。请再运行一次 linli account create，开第二位系统管理员。")


@command.command("reset-password")
@click.argument("login")
@click.option("--reason", required=True, help="为什么从命令行重置，写入审计记录")
def reset_password(login: str, reason: str) -> None:
    """给一个账号新的一次性密码。"""
    with ground():
        from linli.base.actor import system
        from linli.base.commands import Refused
        from linli.base.scope import scope
        from linli.people.accounts import commands
        from linli.people.accounts.models import Account

        actor = system(f"linli account reset-password: {reason}"[:60])
        with scope(actor):
            account = Account.objects.filter(login=login).first()
            if account is None:
                raise click.ClickException(f"没有登录名为“{login}”的账号。")
            try:
                password = commands.reset_password(actor, account)
            except Refused as refused:
                raise click.ClickException(str(refused)) from None
    show(password)


def _home(actor: Any, wanted: str, region: str) -> Any:
    """The organisation by number or name; the very first one is founded on the way."""
    from linli.base.commands import Refused
    from linli.people.organisations.commands import found
    from linli.people.organisations.models import Organisation

    rows = Organisation.objects.filter(valid_to=None)
    number = wanted.removeprefix("org:")
    if wanted != number and number.isdigit():
        chosen = rows.filter(pk=int(number)).first()
    else:
        chosen = rows.filter(name=wanted).first()
    if chosen is not None:
        return chosen
    if rows.exists():
        raise Refused(f"没有名为“{wanted}”的组织。")
    if not region:
        raise Refused("建立第一个组织时，请用 --region 写明街道的区划代码。")
    kind = Organisation.Kind.SUB_DISTRICT_OFFICE
    return found(actor, name=wanted, kind=kind, region_code=region, valid_from=date.today())  # noqa: DTZ011


def show(password: str) -> None:
    click.echo(f"一次性密码（只显示这一次，72 小时内有效，首次登录必须修改）：\n\n    {password}\n")
