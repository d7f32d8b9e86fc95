"""What was done and who looked: the auditor's two lists. Nothing here can be changed, and nothing here is personal
data."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.commands import COMMANDS
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.exchange import csv_bytes
from linli.base.ground import ROOT
from linli.base.pages import page
from linli.people.accounts.models import Account
from linli.people.organisations.queries import directory

PLACE = ZoneInfo("Asia/Shanghai")
SIZE = 50
MOST_EXPORTED = 20_000
_DATE = {"type": "date"}
TABS = (
    ("done", gettext_lazy("办了什么")),
    ("read", gettext_lazy("谁看了谁的信息")),
    ("system", gettext_lazy("系统的例行工作")),
)


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


class AuditFilter(forms.Form):
    """Filters of both lists; what is not understood narrows nothing."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=40, required=False)
    command = forms.ChoiceField(label=gettext_lazy("操作"), required=False)
    target = forms.CharField(label=gettext_lazy("对象"), max_length=60, required=False)
    since = forms.DateField(label=gettext_lazy("从"), required=False, widget=forms.DateInput(attrs=_DATE))
    until = forms.DateField(label=gettext_lazy("到"), required=False, widget=forms.DateInput(attrs=_DATE))

    def __init__(self, *args: Any, reading: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.reading = reading
        if reading:
            del self.fields["command"]
        else:
            names = [("", _("全部")), *((name, f"{named(name)} {name}".strip()) for name in sorted(COMMANDS))]
            self.fields["command"].choices = names  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows the filters leave."""
        self.is_valid()
        chosen = self.cleaned_data
        if login := chosen.get("login"):
            rows = rows.filter(account_id__in=list(Account.objects.filter(login=login).values_list("pk", flat=True)))
        if command := chosen.get("command"):
            rows = rows.filter(command=command)
        if target := chosen.get("target"):
            kind, _colon, key = target.rpartition(":")
            name = "subject" if self.reading else "target"
            rows = rows.filter(**{f"{name}_id": key}, **({f"{name}_kind": kind} if kind else {}))
        if since := chosen.get("since"):
            rows = rows.filter(at__gte=datetime.combine(since, time.min, PLACE))
        if until := chosen.get("until"):
            rows = rows.filter(at__lte=datetime.combine(until, time.max, PLACE))
        return rows


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of either list, ready to be shown."""

    at: datetime
    who: str
    organisation: str
    what: str
    target: str
    detail: str
    code: str = ""
    request: str = ""


@page("audit.view")
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Both lists, latest first, by key: no count, whatever the size of the table."""
    tab = _tab(request)
    reading = tab == "read"
    bar = AuditFilter(request.GET, reading=reading)
    rows = bar.narrow(_all(tab))
    found, before, after = _turn(rows, request.GET.get("before", ""), request.GET.get("after", ""))
    context = {
        "filter": bar,
        "rows": _shown(found, reading),
        "reading": reading,
        "tabs": [(code, label, code == tab) for code, label in TABS],
        "before": before,
        "after": after,
    }
    return render(request, "web/audit.html", context)


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in dict(TABS) else "done"


def _all(tab: str) -> QuerySet[Any]:
    """Every row of a tab. Regular work of the system has one of its own: it would fill the pages of the other."""
    if tab == "read":
        return ReadRow.objects.all()
    return AuditRow.objects.filter(Q(actor_kind="system") if tab == "system" else ~Q(actor_kind="system"))


def _turn(rows: QuerySet[Any], before: str, after: str) -> tuple[list[Any], str, str]:
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


def _shown(rows: list[Any], reading: bool) -> list[Shown]:
    people = dict(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", "name"))
    units = directory()
    found = []
    for row in rows:
        organisation = units.label(row.organisation_id) if row.organisation_id else ""
        if reading:
            what, target = "、".join(row.fields), f"{row.subject_kind}:{row.subject_id}"
            found.append(Shown(row.at, row.reader, organisation, what, target, f"{row.purpose} {row.note}".strip()))
            continue
        who = people.get(row.account_id, "") or {
            "system": _("系统"),
            "anonymous": _("居民"),
            "resident": _("居民"),
        }.get(row.actor_kind, "")
        detail = "；".join(f"{key}：{value}" for key, value in row.detail.items())
        target = f"{row.target_kind}:{row.target_id}" if row.target_id else ""
        name = named(row.command) or row.command
        found.append(Shown(row.at, who, organisation, name, target, detail, row.command, row.request_id))
    return found


@page("audit.view")
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered list as a sheet, the latest rows first."""
    tab = _tab(request)
    reading = tab == "read"
    rows = list(AuditFilter(request.GET, reading=reading).narrow(_all(tab)).order_by("-pk")[:MOST_EXPORTED])
    head = [
        _("时间"),
        _("谁"),
        _("组织"),
        _("查看的字段") if reading else _("操作"),
        _("对象"),
        _("用途") if reading else _("内容"),
        _("请求号"),
    ]
    lines = [
        (row.at, row.who, row.organisation, row.what, row.target, row.detail, row.request)
        for row in _shown(rows, reading)
    ]
    answer = StreamingHttpResponse(csv_bytes(head, lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer
