"""The desk: the first thing is what this person must do now. Every role has one, whatever it works on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import actor_of, page
from linli.doors.web import queries
from linli.doors.web.duties import duties, link
from linli.people.accounts.rules import role_name


@page.signed_in("everybody has a desk")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = actor_of(request)
    works = actor.may("cases.view")
    rows = queries.first_rows(actor) if works else []
    context = {
        "role": role_name(policies.load("roles").data, actor.role),
        "works": works,
        "duties": duties(actor, now()),
        "rows": [(row, link("cases:detail", row.number)) for row in rows],
        "all_rows": link("cases:worklist", tab="mine"),
        "whistles": [(row, link("whistles:detail", row.number)) for row in queries.first_whistles(actor, now())]
        if actor.may("whistles.view")
        else [],
        "actions": _actions(actor) if not works else [],
    }
    return render(request, "web/desk.html", context)


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
        ("party.view", _("党组织"), "party:list", "sitemap", _("沿革、换届、预警和党员名册。")),
        ("privacy.view", _("个人信息保护"), "privacy:fields", "shield-check", _("收什么、留多久、谁看过、谁导出过。")),
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
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """One box for everything: a case number leads straight to the case, words to the list of cases.

    What is typed is posted and only then becomes an address, unless somebody's number is in it: addresses stand in histories and logs.
    """
    actor: Actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    wanted = " ".join(given.get("q", "").split())[:100]
    somebodys = masks.scrub(wanted) != wanted
    if request.method == "POST" and not somebodys:
        return redirect(reverse("web:search", query={"q": wanted}))
    found = queries.search(actor, wanted) if wanted and not somebodys else queries.Found()
    context = {
        "wanted": wanted,
        "somebodys": somebodys,
        "people": link("residents:find") if actor.may("residents.search") else "",
        "found": found,
        "cases": [(row, link("cases:detail", row.number)) for row in found.cases],
        "organisations": [(row, link("organisations:page", row.id)) for row in found.organisations],
        "regions": [(row, link("regions:region", row.code)) for row in found.regions],
        "addresses": [(row, link(f"addresses:{row.kind}", row.id)) for row in found.addresses],
        "more": link("cases:worklist", tab="open", q=wanted) if found.cases else "",
    }
    answer = render(request, "web/search.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
