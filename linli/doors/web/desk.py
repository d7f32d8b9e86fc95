"""The desk: the first thing is what this person must do now. Every role has one, whatever it works on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui.query import encode
from linli.doors.web import queries
from linli.doors.web.queries import Waiting
from linli.people.accounts.rules import role_name

LIST = "cases:worklist"


@dataclass(frozen=True, slots=True)
class Duty:
    """One figure that asks for something: `tone` is bad only for what is overdue."""

    label: str
    value: int
    href: str
    note: str = ""
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
    moment = now()
    works = actor.may("cases.view")
    found = queries.waiting(actor, moment) if works else {}
    rows = queries.first_rows(actor) if works else []
    context = {
        "role": role_name(policies.load("roles").data, actor.role),
        "works": works,
        "duties": _duties(actor, found) if works else [],
        "rows": [(row, link("cases:page", row.number)) for row in rows],
        "all_rows": link(LIST),
        "actions": _actions(actor),
    }
    return render(request, "web/desk.html", context)


def _sum(found: dict[str, Waiting], field: str, steps: Iterable[str] | None = None) -> int:
    return sum(getattr(row, field) for step, row in found.items() if steps is None or step in steps)


def _duties(actor: Actor, found: dict[str, Waiting]) -> list[Duty]:
    """The figures of a role, the most pressing first."""
    duties = [
        Duty(_("已超期"), over := _sum(found, "mine_over"), link(LIST, tab="mine", due="over"), tone="bad" if over else ""),
        Duty(_("24 小时内到期"), _sum(found, "mine_soon"), link(LIST, tab="mine", due="soon")),
    ]
    if actor.may("cases.dispatch"):
        duties += [
            Duty(_("待派单"), _sum(found, "open", ["filed"]), link(LIST, tab="desk", step="filed")),
            Duty(_("退单审核"), _sum(found, "open", ["returned"]), link(LIST, tab="desk", step="returned")),
            Duty(_("待裁定"), _sum(found, "open", ["deliberating"]), link(LIST, tab="desk", step="deliberating")),
        ]
    if actor.may("cases.accept"):
        duties.append(Duty(_("待签收"), _sum(found, "mine", ["dispatched"]), link(LIST, tab="mine", step="dispatched")))
        duties.append(Duty(_("办理中"), _sum(found, "mine", ["handling"]), link(LIST, tab="mine", step="handling")))
    if actor.may("cases.callback"):
        duties.append(Duty(_("待回访"), _sum(found, "open", ["answered"]), link(LIST, tab="callback")))
    if actor.may("procedures.supervise"):
        over = _sum(found, "over")
        duties.append(Duty(_("辖区内超期"), over, link(LIST, tab="all", due="over"), tone="bad" if over else ""))
    duties.append(Duty(_("辖区内在办"), _sum(found, "open"), link(LIST, tab="all")))
    return duties


def _actions(actor: Actor) -> list[tuple[str, str, str, str]]:
    """(label, address, icon, what it is for) of what this person may begin here."""
    offered = [
        ("cases.take", _("电话受理"), "cases:take", "phone-incoming", _("边接电话边登记，自动派单。")),
        ("boards.view", _("驾驶舱"), "boards:board", "chart-bar", _("今天办得怎么样，哪里要管。")),
        ("audit.view", _("审计记录"), "web:audit", "history", _("谁办了什么，谁看了谁的信息。")),
        ("accounts.view", _("账号与岗位"), "accounts:list", "users", _("开账号、任命岗位、重置密码。")),
        ("organisations.view", _("组织机构"), "organisations:tree", "hierarchy-2", _("党组织、办事处、部门、物业和共建单位。")),
        ("policies.view", _("政策"), "policies:list", "book", _("时限、派单、角色等规则，各版都在。")),
        ("calendar.view", _("工作日历"), "calendar:year", "calendar", _("法定节假日和调休。")),
        ("regions.edit", _("区划"), "regions:list", "map-2", _("街道、社区、网格和边界。")),
        ("system.view", _("系统状态"), "web:system", "tool", _("版本、备份、待发事件和检查。")),
        ("", _("我的账号"), "accounts:own", "user", _("改密码、备用码、在所有设备退出。")),
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
        "cases": [(row, link("cases:page", row.number)) for row in found.proceedings],
        "organisations": [(row, link("organisations:page", row.id)) for row in found.organisations],
        "regions": [(row, link("regions:page", row.code)) for row in found.regions],
        "more": link("cases:list", q=wanted) if found.proceedings else "",
    }
    return render(request, "web/search.html", context)
