"""What a person at the terminal can act on, as one plain line and an exit code; what is nobody's mistake but ours stays a
traceback.

Exit codes: 1 the act was not done; 2 the command was not typed right; 130 cut off by Ctrl-C.
"""

import subprocess
from collections.abc import Iterator

import click

# Ends of messages of click, which speaks English, and their Chinese.
_CLICK = (
    ("does not exist.", "文件不存在"),
    ("is a directory.", "是文件夹，不是文件"),
    ("is not readable.", "读不了"),
    ("is not a valid integer.", "应为整数"),
)


def line(error: BaseException) -> tuple[str, int] | None:
    """(message, exit code) for an error that a person can act on; None for any other."""
    if isinstance(error, click.Abort):
        return "已中断。", 130
    if isinstance(error, click.UsageError):
        help_asked = isinstance(error, click.exceptions.NoArgsIsHelpError)
        return error.format_message() if help_asked else _usage(error), error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    for one in _causes(error):
        if told := _told(one):
            return told, 1
    return None


def _usage(error: click.UsageError) -> str:
    """What is wrong with the words that were typed, and where help is."""
    message, place = error.format_message(), error.ctx.command_path if error.ctx else "linli"
    if isinstance(error, click.NoSuchOption):
        message = f"没有 {error.option_name} 这个选项"
    elif isinstance(error, click.MissingParameter):
        message = f"缺少 {_hint(error)}"
    elif isinstance(error, click.BadParameter):
        reason = next((words for end, words in _CLICK if error.message.endswith(end)), error.message)
        message = f"{_hint(error)}：{reason}"
    elif message.startswith("No such command"):
        name = message.removeprefix("No such command").strip(" .'")
        message = f"没有“{name}”这个命令"
    elif message.startswith("Got unexpected extra argument"):
        message = f"多写了 {message[message.index('(') + 1 : message.rindex(')')]}"
    elif message.startswith("Missing command"):
        message = "还要写明做哪一件"
    return f"{message.rstrip('。.')}。用法见 {place} --help"


def _hint(error: click.BadParameter) -> str:
    """The name of the argument or option, as it is typed."""
    hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint or ""
    return str(hint).replace("'", "").strip("[]")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what brought it about: libraries wrap those of the database."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _told(error: BaseException) -> str:
    import psycopg
    from django.core.exceptions import ImproperlyConfigured

    from linli.base.cluster import OperatorError
    from linli.base.commands.refusals import Refused
    from linli.base.exchange import SheetError
    from linli.base.ground import NotReady

    if isinstance(error, OperatorError | Refused | SheetError):
        return str(error)
    if isinstance(
        error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn | psycopg.errors.UndefinedFunction
    ):
        return str(NotReady())
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"数据库的这个登录没有权限（{_first(error)}）；请用 LINLI_OWNER_URL 写明有权限的登录。"
    if isinstance(error, psycopg.errors.ObjectInUse):
        return f"数据库还在使用（{_first(error)}）；请先停止邻里。"
    if isinstance(error, psycopg.OperationalError):
        away = error.sqlstate is None or error.sqlstate[:2] in ("08", "28", "3D", "57")
        return f"{'连不上数据库' if away else '数据库报错'}：{_first(error)}"
    if isinstance(error, psycopg.ProgrammingError) and not getattr(error, "sqlstate", None):
        return f"DATABASE_URL 写得不对：{_first(error)}"
    if isinstance(error, ImproperlyConfigured):
        return f"设置不对：{_first(error)}"
    if isinstance(error, UnicodeDecodeError):
        return "文件不是 UTF-8 编码的文字，读不出来。"
    if isinstance(error, subprocess.CalledProcessError):
        return "其中一步没有成功，见上面的说明。"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}：{error.strerror}"
    return ""


def _first(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0].strip() if text else type(error).__name__
