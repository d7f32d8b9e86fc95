"""`linli do COMMAND ...`: any registered command, built from its signature. The same act as on the page, refused
alike."""

import getpass
import secrets
from contextlib import nullcontext
from inspect import Parameter
from typing import TYPE_CHECKING, Any, get_type_hints

import click

from linli.base.ground import ground

if TYPE_CHECKING:
    from linli.base.actor import Actor
    from linli.base.commands import Command


@click.command("do", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--list", "listed", is_flag=True, help="列出全部命令与所需权限")
@click.option("--as", "login", metavar="登录名[/岗位]", help="以此人的岗位办理；岗位写编号或角色代码")
@click.option("--reason", help="以系统身份办理的理由，写入审计记录")
@click.option("--key", help="提交号：同一个提交号只办理一次，再来得到第一次的结果")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(listed: bool, login: str | None, reason: str | None, key: str | None, words: tuple[str, ...]) -> None:
    """办理一项命令,例如:linli do --as paidan cases.dispatch 11010600-2026-000123 --to org:17

    选项写在命令名之前,命令自己的参数写在后面;linli do 命令 --help 列出参数。
    """
    with ground(ready=bool(words) and not listed):
        from linli.base.commands import COMMANDS

        if listed or not words:
            for name in sorted(COMMANDS):
                click.echo(f"{name:34} {COMMANDS[name].right:30} {_first_line(COMMANDS[name])}")
            return
        found = COMMANDS.get(words[0])
        if found is None:
            raise click.UsageError(f"没有“{words[0]}”这个命令；linli do --list 列出全部。")
        try:
            _parser(found, login, reason, key).main(
                list(words[1:]), prog_name=f"linli do {found.name}", standalone_mode=False
            )
        except click.exceptions.Exit as stop:
            raise SystemExit(stop.exit_code) from None


def _first_line(found: "Command") -> str:
    return (found.body.__doc__ or "").strip().split("\n")[0]


def _parameters(found: "Command") -> dict[str, tuple[Parameter, Any]]:
    """The parameters behind the actor, each with its type."""
    hints = get_type_hints(found.body)
    rest = list(found.signature.parameters.values())[1:]
    return {parameter.name: (parameter, hints.get(parameter.name, str)) for parameter in rest}


def _parser(found: "Command", login: str | None, reason: str | None, key: str | None) -> click.Command:
    """A command of the command line with one argument or option for each parameter."""
    from linli.doors.cli._words import is_switch

    options: list[click.Parameter] = []
    for name, (parameter, kind) in _parameters(found).items():
        must = parameter.default is Parameter.empty
        flag = name.rstrip("_").replace("_", "-")
        if parameter.kind is not Parameter.KEYWORD_ONLY:
            options.append(click.Argument([name], required=must))
        elif is_switch(kind):
            options.append(click.Option([f"--{flag}/--no-{flag}", name], required=must, default=None))
        else:
            label = getattr(kind, "__name__", str(kind))
            options.append(click.Option([f"--{flag}", name], required=must, metavar=label.upper()))

    def callback(**given: Any) -> None:
        _perform(found, {name: value for name, value in given.items() if value is not None}, login, reason, key)

    return click.Command(found.name, params=options, callback=callback, help=found.body.__doc__)


def _perform(found: "Command", given: dict[str, Any], login: str | None, reason: str | None, key: str | None) -> None:
    """Act with the actor's eyes: what the actor may not see cannot be named either."""
    from linli.base.commands import Refused, submission
    from linli.base.commands.engine import request_id
    from linli.base.scope import scope
    from linli.doors.cli._words import shown, value_of

    actor = _actor(login, reason)
    token = request_id.set(f"cli:{getpass.getuser()[:20]}:{secrets.token_hex(4)}")
    try:
        with scope(actor):
            values = {
                name: given[name] if isinstance(given[name], bool) else value_of(parameter, kind, given[name])
                for name, (parameter, kind) in _parameters(found).items()
                if name in given
            }
            places = [
                values.pop(name)
                for name, (parameter, _kind) in _parameters(found).items()
                if parameter.kind is not Parameter.KEYWORD_ONLY and name in values
            ]
            with submission(key, actor.principal) if key else nullcontext():
                answer = found.run(actor, *places, **values)
    except Refused as refused:
        beside = f"({refused.field})" if refused.field else ""
        raise click.ClickException(f"{refused}{beside}") from None
    finally:
        request_id.reset(token)
    click.echo(shown(answer))


def _actor(login: str | None, reason: str | None) -> "Actor":
    """The person of `--as` through the post that is named or their only one; else the system, with a reason."""
    from linli.base.actor import system
    from linli.base.clockwork import now
    from linli.base.scope import scope
    from linli.doors.cli._words import PLACE
    from linli.people.accounts.models import Account
    from linli.people.accounts.queries import actor_of
    from linli.people.accounts.seats import seats

    if login is None:
        if not (reason or "").strip():
            raise click.UsageError("请用 --as 写明以谁的身份办理，或用 --reason 写明系统办理的理由。")
        return system(f"cli: {reason}"[:60])
    name, _slash, wanted = login.partition("/")
    with scope(system("cli: sign-in")):
        account = Account.objects.filter(login=name).first()
        posts = seats(account.pk, now().astimezone(PLACE).date()) if account is not None else []
    posts = [post for post in posts if not wanted or wanted in (str(post.pk), post.role)]
    if len(posts) == 1:
        return actor_of(posts[0])
    if not posts:
        raise click.UsageError(f"没有找到在任的“{login}”。")
    listed = "、".join(f"{post.pk}({post.role}, {post.organisation})" for post in posts)
    raise click.UsageError(f"“{name}”有几个岗位，请写明其中一个：{listed}")
