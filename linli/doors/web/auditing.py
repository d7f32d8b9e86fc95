"""The auditor's lists as plain rows: what was done, who looked, who signed in, what the system did by itself."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.commands.models import AuditRow, ReadRow
from linli.base.ground import ROOT
from linli.people.accounts.models import Account, SignInAttempt
from linli.people.organisations.queries import directory

PLACE = ZoneInfo("Asia/Shanghai")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of any list. code: what `what` is called in the program."""

    at: datetime
    who: str
    organisation: str
    what: str
    target: str
    detail: str
    code: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One list. what, detail: headings of the columns that differ; target: name of the field that says what it is
    about."""

    code: str
    label: Any
    what: Any
    detail: Any
    rows: Callable[[], QuerySet[Any]]
    shown: Callable[[list[Any]], list[Shown]]
    target: str = ""
    by_command: bool = False


@lru_cache(maxsize=1)
def _glossary() -> dict[str, str]:
    """Chinese names of commands, from the glossary; none where the package was installed without it."""
    path = ROOT / "glossary.toml"
    if not path.exists():
        return {}
    words = tomllib.loads(path.read_text(encoding="utf-8"))["words"]
    return {
        f"{word['room']}.{word['english']}": word["chinese"] for word in words if word["kind"] in ("act", "command")
    }


def named(command: str) -> str:
    """What people call a command; "" when the glossary does not know it."""
    return _glossary().get(command, "")


def _acts(rows: list[Any]) -> list[Shown]:
    people = dict(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", "name"))
    units = directory()
    kinds = {"system": _("系统"), "anonymous": _("居民"), "resident": _("居民")}
    return [
        Shown(
            row.at,
            people.get(row.account_id, "") or kinds.get(row.actor_kind, ""),
            units.label(row.organisation_id) if row.organisation_id else "",
            named(row.command) or row.command,
            f"{row.target_kind}:{row.target_id}" if row.target_id else "",
            "；".join(f"{key}：{value}" for key, value in row.detail.items()),
            row.command,
            row.request_id,
        )
        for row in rows
    ]


def _looks(rows: list[Any]) -> list[Shown]:
    units = directory()
    return [
        Shown(
            row.at,
            row.reader,
            units.label(row.organisation_id) if row.organisation_id else "",
            "、".join(row.fields),
            f"{row.subject_kind}:{row.subject_id}",
            f"{row.purpose} {row.note}".strip(),
        )
        for row in rows
    ]


def _entries(rows: list[Any]) -> list[Shown]:
    names = dict(Account.objects.filter(login__in={row.login for row in rows}).values_list("login", "name"))
    return [
        Shown(
            row.at,
            names.get(row.login) or (_("没有这个账号") if row.login.startswith("?") else row.login),
            "",
            _("成功") if row.good else _("失败"),
            row.address or "",
            "" if row.login.startswith("?") else row.login,
        )
        for row in rows
    ]


_SYSTEM = Q(actor_kind="system")
TABS: Mapping[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab(
            "done", gettext_lazy("办了什么"), gettext_lazy("操作"), gettext_lazy("内容"),
            lambda: AuditRow.objects.exclude(_SYSTEM), _acts, "target", by_command=True,
        ),
        Tab(
            "read", gettext_lazy("谁看了谁的信息"), gettext_lazy("查看的字段"), gettext_lazy("用途"),
            ReadRow.objects.all, _looks, "subject",
        ),
        Tab(
            "entry", gettext_lazy("登录"), gettext_lazy("结果"), gettext_lazy("登录名"),
            SignInAttempt.objects.all, _entries,
        ),
        Tab(
            "system", gettext_lazy("系统的例行工作"), gettext_lazy("操作"), gettext_lazy("内容"),
            lambda: AuditRow.objects.filter(_SYSTEM), _acts, "target", by_command=True,
        ),
    )
}  # fmt: skip


def narrowed(tab: Tab, chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """The rows of a tab that the filters leave; empty values do not narrow."""
    rows = tab.rows()
    if login := chosen.get("login"):
        if tab.code == "entry":
            rows = rows.filter(login=login)
        else:
            rows = rows.filter(account_id__in=list(Account.objects.filter(login=login).values_list("pk", flat=True)))
    if tab.by_command and (command := chosen.get("command")):
        rows = rows.filter(command=command)
    if tab.target and (about := chosen.get("target")):
        kind, _colon, key = about.rpartition(":")
        rows = rows.filter(**{f"{tab.target}_id": key}, **({f"{tab.target}_kind": kind} if kind else {}))
    if since := chosen.get("since"):
        rows = rows.filter(at__gte=datetime.combine(since, time.min, PLACE))
    if until := chosen.get("until"):
        rows = rows.filter(at__lte=datetime.combine(until, time.max, PLACE))
    return rows


def turned(rows: QuerySet[Any], before: str, after: str) -> tuple[list[Any], str, str]:
    """One page by id, newest first, and the cursors beside it. `after`: older than this id; `before`: newer."""
    older, newer = _key(after), _key(before)
    if newer is not None and older is None:
        found = list(rows.filter(pk__gt=newer).order_by("pk")[: SIZE + 1])
        more, found = len(found) > SIZE, found[:SIZE][::-1]
        return found, str(found[0].pk) if more and found else "", str(found[-1].pk) if found else ""
    if older is not None:
        rows = rows.filter(pk__lt=older)
    found = list(rows.order_by("-pk")[: SIZE + 1])
    more, found = len(found) > SIZE, found[:SIZE]
    return found, str(found[0].pk) if older is not None and found else "", str(found[-1].pk) if more else ""


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
