"""The desk: the first thing is what this person must do now. Every role has one, whatever it works on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui.query import encode
from linli.doors.web import queries
from linli.matters.cases import listing, parts
from linli.matters.whistles import queries as whistles
from linli.people.accounts.rules import role_name


@dataclass(frozen=True, slots=True)
class Duty:
    """One figure that asks for something: `tone` is bad only for what is overdue."""

    label: str
    value: str
    href: str
    tone: str = ""


def link(name: str, *args: Any, **query: Any) -> str:
    """The address of a page, "" when this deployment has no such page."""
    try:
        return reverse(name, args=args or None) + encode(query)
    except NoReverseMatch:
        return ""


@page.signed_in("everybody has a desk")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    works = actor.may("cases.view")
    rows = queries.first_rows(actor) if works else []
    context = {
        "role": role_name(policies.load("roles").data, actor.role),
        "works": works,
        "duties": _duties(actor, now()) if works else _upkeep(actor, now()),
        "rows": [(row, link("cases:detail", row.number)) for row in rows],
        "all_rows": link("cases:worklist", tab="mine"),
        "whistles": [(row, link("whistles:detail", row.number)) for row in queries.first_whistles(actor, now())]
        if actor.may("whistles.view")
        else [],
        "actions": _actions(actor) if not works else [],
    }
    return render(request, "web/desk.html", context)


def _duties(actor: Actor, moment: datetime) -> list[Duty]:
    """The counted tabs of the worklist: each figure opens exactly the rows it counts."""
    tabs = [tab for tab in listing.tabs_for(actor) if tab.counted]
    counts = listing.counts(actor, tabs, moment)
    duties = []
    for tab in tabs:
        count = counts.get(tab.code, 0)
        shown = f"{listing.COUNT_MOST}+" if count > listing.COUNT_MOST else str(count)
        href = link("cases:worklist", tab=tab.code) if count else ""
        duties.append(Duty(str(tab.label), shown, href, "bad" if tab.code == "overdue" and count else ""))
    if actor.may("whistles.view"):
        counted = whistles.counts(actor, moment)
        todo, late = counted["todo"], counted["overdue"]
        duties.append(Duty(_("吹哨：要我办的"), str(todo), link("whistles:list", tab="todo") if todo else ""))
        if late:
            duties.append(Duty(_("吹哨：逾期未到"), str(late), link("whistles:list", tab="overdue"), "bad"))
    if actor.may("cases.accept_part") and (shares := parts.waiting(actor)):
        duties.append(Duty(_("分办"), str(shares), link("cases:parts")))
    # What has already gone wrong comes first, then what waits for this person.
    return sorted(duties, key=lambda duty: duty.tone != "bad")


def _upkeep(actor: Actor, moment: datetime) -> list[Duty]:
    """What asks for those who work on no cases: the administrator, the auditor, the editor of policies."""
    duties = []
    if actor.may("system.view"):
        dead = queries.dead_events()
        duties.append(Duty(_("没送到的事件"), str(dead), link("web:system") if dead else "", "bad" if dead else ""))
    if actor.may("system.view") or actor.may("policies.draft"):
        broken = queries.broken_rules()
        href = link("policies:policy", "routing") if broken and actor.may("policies.view") else ""
        duties.append(Duty(_("派单规则不能运行"), str(broken), href, "bad" if broken else ""))
    if actor.may("accounts.view"):
        single, idle = queries.accounts_in_want(timezone.localdate(moment))
        duties.append(Duty(_("未绑定动态口令"), str(single), link("accounts:list", state="single") if single else ""))
        duties.append(Duty(_("没有岗位的账号"), str(idle), link("accounts:list", state="idle") if idle else ""))
    if actor.may("audit.view"):
        day = timezone.localdate(moment).isoformat()
        acts, looks = queries.audited_since(
            timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
        )
        duties.append(Duty(_("今天的办理"), str(acts), link("web:audit", since=day) if acts else ""))
        duties.append(
            Duty(_("今天查看个人信息"), str(looks), link("web:audit", tab="read", since=day) if looks else "")
        )
    if actor.may("policies.publish"):
        drafts = queries.waiting_drafts()
        duties.append(Duty(_("等着发布的草稿"), str(drafts), link("policies:list", drafts=1) if drafts else ""))
    return duties


def _actions(actor: Actor) -> list[tuple[str, str, str, str]]:
    """(label, address, icon, what it is for) of what this person may begin here."""
    offered = [
        ("boards.view", _("驾驶舱"), "boards:board", "chart-bar", _("今天办得怎么样，哪里要管。")),
        ("audit.view", _("审计记录"), "web:audit", "history", _("谁办了什么，谁看了谁的信息。")),
        ("audit.view", _("核对办理记录"), "procedures:chains", "checks", _("看办理记录有没有被改过、删过。")),
        ("accounts.view", _("账号与岗位"), "accounts:list", "users", _("开账号、任命岗位、重置密码。")),
        (
            "organisations.view",
            _("组织机构"),
            "organisations:tree",
            "hierarchy-2",
            _("党组织、办事处、部门、物业和共建单位。"),
        ),
        ("policies.view", _("政策"), "policies:list", "book", _("时限、派单、角色等规则，各版都在。")),
        ("calendar.view", _("工作日历"), "calendar:list", "calendar", _("法定节假日和调休。")),
        ("regions.edit", _("区划"), "regions:list", "map-2", _("街道、社区、网格和边界。")),
        ("system.view", _("系统状态"), "web:system", "tool", _("版本、备份、待发事件和检查。")),
        ("", _("我的账号"), "web:account", "user", _("改密码、备用码、在所有设备退出。")),
    ]
    return [
        (label, address, icon, what)
        for right, label, name, icon, what in offered
        if (not right or actor.may(right)) and (address := link(name))
    ]


@page.signed_in("searches only what the person may see")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box for everything: a case number leads straight to the case, words to the list of cases."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = " ".join(request.GET.get("q", "").split())[:100]
    found = queries.search(actor, wanted) if wanted else queries.Found()
    context = {
        "wanted": wanted,
        "found": found,
        "cases": [(row, link("cases:detail", row.number)) for row in found.cases],
        "organisations": [(row, link("organisations:page", row.id)) for row in found.organisations],
        "regions": [(row, link("regions:region", row.code)) for row in found.regions],
        "more": link("cases:worklist", tab="open", q=wanted) if found.cases else "",
    }
    return render(request, "web/search.html", context)
