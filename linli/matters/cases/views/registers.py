"""The registers of precedents, hang-ups and exemptions: each searched, filtered, sorted, and taken out as a sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, sheet
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.words import local
from linli.matters.cases import commands, duties, looking_back, parts, precedents, registers, sheets
from linli.matters.cases.commands.exporting import FORMS
from linli.matters.cases.forms.registers import (
    DifficultFilter,
    ExemptionFilter,
    HangUpFilter,
    LookingBackFilter,
    PartFilter,
    PrecedentFilter,
    RegisterFilter,
)
from linli.matters.cases.queries import visible_to
from linli.people.organisations.queries import directory

ROWS_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its filter, its rows, its rows in words, and its columns on a sheet."""

    title: Any
    bar: type[RegisterFilter]
    rows: Callable[[Actor, dict[str, Any], date], QuerySet[Any]]
    words: Callable[[Any, date], list[dict[str, Any]]]
    header: Callable[[], list[str]]
    line: Callable[[dict[str, Any]], list[Any]]


REGISTERS = {
    "precedents": Register(
        gettext_lazy("先例"), PrecedentFilter, lambda a, c, t: registers.ruled(a, c), lambda rows, t: registers.precedent_rows(rows),
        lambda: [_("裁定日期"), _("分类"), _("裁定由谁承办"), _("依据条款"), _("裁定内容"), _("社区")],
        lambda one: [
            one["row"].ruled_at, one["category"], one["unit"], one["row"].clause, one["row"].text, one["where"],
        ],
    ),
    "hang_ups": Register(
        gettext_lazy("挂账"), HangUpFilter, registers.hung, registers.hang_up_rows,
        lambda: [
            _("编号"), _("事项"), _("原因"), _("答应做到"), _("答应的日期"), _("挂账日"), _("下次复核"), _("复核次数"),
            _("承办单位"), _("社区网格"), _("解除日"),
        ],
        lambda one: [
            one["number"], one["title"], one["reason"], one["row"].promise, one["row"].promised_on, one["row"].hung_on,
            one["row"].review_on, one["row"].reviews, one["unit"], one["where"], one["row"].ended_on,
        ],
    ),
    "exemptions": Register(
        gettext_lazy("剔除"), ExemptionFilter, lambda a, c, t: registers.exempted(a, c), lambda rows, t: registers.exemption_rows(rows),
        lambda: [
            _("编号"), _("事项"), _("理由"), _("说明"), _("材料"), _("申请单位"), _("申请人"), _("申请时间"), _("状态"), _("审核人"),
            _("审核时间"), _("审核意见"),
        ],
        lambda one: [
            one["number"], one["title"], one["reason"], one["row"].note, one["row"].materials, one["unit"], one["row"].asked_by,
            one["row"].asked_at, one["row"].get_state_display(), one["row"].decided_by, one["row"].decided_at,
            one["row"].decision,
        ],
    ),
    "looking_back": Register(
        gettext_lazy("回头看"), LookingBackFilter,
        lambda a, c, t: looking_back.filtered(looking_back.listed(a), c), lambda rows, t: registers.looking_back_rows(rows),
        lambda: [
            _("编号"), _("事项"), _("环节"), _("第几次办理"), _("分类"), _("社区网格"), _("现在由"), _("回访说"), _("回访日"), _("登记时间"),
            _("回头看时间"), _("回头看结果"),
        ],
        lambda one: [
            one["number"], one["title"], one["step"], one["round"], one["category"], one["where"], one["unit"], one["said"],
            one["settled_on"], one["row"].opened_at, one["looked_at"], one["looked"],
        ],
    ),
    "difficult": Register(
        gettext_lazy("疑难清单"), DifficultFilter, lambda a, c, t: registers.difficult(a, c),
        lambda rows, t: registers.looking_back_rows(rows),
        lambda: [_("编号"), _("事项"), _("环节"), _("分类"), _("社区网格"), _("现在由"), _("登记时间"), _("最近到期"), _("列为疑难")],
        lambda one: [
            one["number"], one["title"], one["step"], one["category"], one["where"], one["unit"], one["row"].opened_at,
            one["row"].due_at if one["row"].closed_at is None else None, one["since"],
        ],
    ),
    "parts": Register(
        gettext_lazy("分办"), PartFilter, lambda a, c, t: parts.shared(a, c), lambda rows, t: parts.rows_in_words(rows),
        lambda: [_("编号"), _("分办内容"), _("分给谁"), _("主办单位"), _("原来那件"), _("环节"), _("期限"), _("分出时间"), _("办结时间")],
        lambda one: [
            one["number"], one["row"].text, one["unit"], one["lead"], one["of"], one["step"], one["row"].proceeding.due_at,
            one["row"].proceeding.opened_at, one["row"].proceeding.closed_at,
        ],
    ),
}  # fmt: skip


def _asked(request: HttpRequest, code: str) -> tuple[RegisterFilter, QuerySet[Any], str]:
    """(filter bar, ordered rows, sort) of one register as the address asks for it."""
    actor: Actor = actor_of(request)
    bar = REGISTERS[code].bar(request.GET, actor=actor)
    orders = registers.ORDERS[code]
    sort = request.GET.get("sort", "")
    sort = sort if sort in orders else next(iter(orders))
    return bar, REGISTERS[code].rows(actor, bar.chosen, local(now()).date()).order_by(*orders[sort]), sort


def _list(request: HttpRequest, code: str) -> HttpResponse:
    bar, rows, sort = _asked(request, code)
    found = numbered(rows, request)
    context = {
        "filter": filter_views(bar),
        "page": found,
        "rows": REGISTERS[code].words(found.rows, local(now()).date()),
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "may_export": actor_of(request).may("cases.export"),
        "title": REGISTERS[code].title,
    }
    return render(request, f"cases/{code}.html", context)


def _page_of(code: str, right: str) -> Callable[..., HttpResponseBase]:
    @page(right)
    @require_safe
    def listing(request: HttpRequest) -> HttpResponse:
        return _list(request, code)

    return listing


precedent_list = _page_of("precedents", "cases.view")
hang_up_list = _page_of("hang_ups", "cases.view")
exemption_list = _page_of("exemptions", "cases.view")
looking_back_list = _page_of("looking_back", "cases.look_back")
difficult_list = _page_of("difficult", "cases.mark_difficult")
part_list = _page_of("parts", "cases.view")


@page("cases.view")
@require_safe
def precedent(request: HttpRequest, pk: int) -> HttpResponse:
    """One ruling. The case behind it is linked for those who may see it; others read what is ruled and by which clause."""
    actor: Actor = actor_of(request)
    row = precedents.visible_to(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    number = visible_to(actor).filter(pk=row.case_id).values_list("proceeding__number", flat=True).first()
    context = {"one": registers.precedent_rows([row])[0], "number": number, "clauses": list(duties.clauses().values())}
    return render(request, "cases/precedent.html", context)


@page("cases.export")
@require_safe
def export(request: HttpRequest, register: str, form: str) -> HttpResponseBase:
    """A register as a sheet, at most ROWS_MOST rows; the last line says who took it, the audit keeps it."""
    code = register.replace("-", "_")
    if code not in REGISTERS or form not in FORMS:
        raise Http404
    actor, moment = actor_of(request), now()
    one = REGISTERS[code]
    bar, rows, _sort = _asked(request, code)
    under = conditions(str(one.title), bar)
    commands.export(actor, tab=code, form=form, conditions=under)
    lines = [one.line(row) for row in one.words(rows[:ROWS_MOST], local(moment).date())]
    lines.append(sheets.mark(actor, directory().label(actor.organisation_id), moment, len(lines), under))
    return sheet(str(one.title), one.header(), lines, form)
