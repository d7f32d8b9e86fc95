"""The rolls: only for posts that keep them. Names and numbers are masked; opening one is noted first."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.commands.models import ReadRow
from linli.base.pages import page
from linli.base.privacy.exports import Leaving, Told, leave
from linli.base.ui.downloads import conditions, form_of
from linli.base.ui.paging import numbered
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import HELD
from linli.people.party import commands, queries
from linli.people.party.commands.common import today
from linli.people.party.member_forms import (
    CardFilter,
    CorrectCardForm,
    EndForm,
    EnterCardForm,
    FormalForm,
    TransferForm,
)
from linli.people.party.models import MemberCard
from linli.people.party.views import FORM, form_page, sorted_by, tabs

EXPORT_MOST = 20_000
TOLD = tuple(f"party.membercard.{name}" for name in ("name", "phone", "joined_on"))


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _purposes() -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in policies.load("party").data["purposes"]]


@page("party.cards")
@require_http_methods(FORM)
def cards(request: HttpRequest) -> HttpResponse:
    """The roll, by branch. A name or a number is looked for as a whole, and never stands in an address."""
    actor, bar = _actor(request), CardFilter(request.GET, _actor(request))
    sort = sorted_by(request, queries.CARD_SORTS, "branch")
    words = " ".join(request.POST.get("q", "").split())[:40] if request.method == "POST" else ""
    chosen = bar.chosen | ({"q": words} if words else {})
    shown = numbered(queries.roll(actor, chosen, today()).order_by(*queries.CARD_SORTS[sort]), request)
    context = {
        "filter": bar,
        "page": shown,
        "sort": sort,
        "narrowed": bool(chosen),
        "searched": bool(words),
        "tabs": tabs(actor, "cards"),
        "purposes": _purposes(),
        "organisation": bar.chosen.get("organisation", ""),
    }
    answer = render(request, "party/cards.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@page("party.cards")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered roll, masked as on the page: for a purpose, above the limit with a second person, noted for each member."""
    actor, bar = _actor(request), CardFilter(request.GET, _actor(request))
    sort = sorted_by(request, queries.CARD_SORTS, "branch")
    rows = queries.roll(actor, bar.chosen, today()).order_by(*queries.CARD_SORTS[sort])
    what, under, count = str(_("党员名册")), conditions(str(_("党员名册")), bar), rows.count()
    told = Told("party.membercard", rows.values_list("pk", flat=True), TOLD)
    leaving = leave(request, what=what, under=under, rows=count, told=told, most=EXPORT_MOST, always=True)
    if not isinstance(leaving, Leaving):
        return leaving
    head = [_("党员"), _("党支部"), _("类别"), _("入党日期"), _("转正日期"), _("电话"), _("工作单位"), _("终止")]
    lines = (
        [
            str(row.name), row.branch, _standing(row), row.joined_on,  # type: ignore[attr-defined]
            row.formal_on, str(row.phone or ""), row.unit.name if row.unit else "", row.get_ended_for_display(),
        ]
        for row in rows[:EXPORT_MOST].iterator(chunk_size=1000)
    )  # fmt: skip
    return leaving.sheet(what, head, lines, form_of(request), seen_by=actor)


def _standing(row: MemberCard) -> str:
    return str((MemberCard.Standing.FORMAL if row.formal_on else MemberCard.Standing.PROBATIONARY).label)


def _card(request: HttpRequest, pk: int) -> MemberCard:
    found = queries.roll(_actor(request), {"ended": True}, today()).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page("party.cards")
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One card: where it has been, and who opened it."""
    row = _card(request, pk)
    looked = ReadRow.objects.filter(subject_kind="party.membercard", subject_id=str(pk)).order_by("-id")[:20]
    names = dict(_purposes())
    context = {
        "row": row,
        "memberships": row.memberships.filter(HELD).select_related("organisation", "change").order_by("-starts", "-id"),
        "purposes": _purposes(),
        "looked": [
            {
                "title": one.reader,
                "when": one.at,
                "who": "",
                "text": names.get(one.purpose, one.purpose),
                "tone": "",
                "icon": "eye",
                "extra": "",
            }
            for one in looked
        ],
    }
    return render(request, "party/card.html", context)


@page("party.cards")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The name and the number, once, for a stated purpose; the log row is written first."""
    row = _card(request, pk)
    told, problem, status = None, "", 200
    try:
        told = commands.reveal_card(_actor(request), row, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    context = {
        "words": " ".join(part for part in told.values() if part) if told else "",
        "row": row,
        "problem": problem,
        "purposes": _purposes(),
    }
    answer = render(request, "party/_revealed.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("党员名册"), reverse("party:cards")), *more]


@page("party.cards")
@require_http_methods(FORM)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """One more member of a branch."""
    actor = _actor(request)
    branch = queries.branches(actor, today()).filter(pk=pk).first()
    if branch is None:
        raise Http404
    form = EnterCardForm(request.POST or None, actor=actor)
    return form_page(
        request,
        form,
        lambda: commands.enter_card(actor, Organisation.objects.get(pk=pk), **form.values),
        title=_("登记党员卡"),
        crumbs=_crumbs((branch.name, reverse("party:page", args=[pk]))),
        back=reverse("party:cards") + f"?organisation={pk}",
    )


@page("party.cards")
@require_http_methods(FORM)
def do(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on one card: moved, made formal, corrected, ended."""
    actor, row = _actor(request), _card(request, pk)
    if row.ended_on is not None:
        raise Http404
    data: Any = request.POST or None
    form: Any
    if act == "transfer":
        form = TransferForm(data, actor=actor)
        title, perform = _("转接组织关系"), lambda: commands.transfer_card(actor, row, **form.values)
    elif act == "formal" and row.formal_on is None:
        form = FormalForm(data, label_suffix="")
        title, perform = _("登记转正"), lambda: commands.make_formal(actor, row, **form.cleaned_data)
    elif act == "correct":
        initial = {"joined_on": row.joined_on, "formal_on": row.formal_on, "unit": row.unit_id}
        form = CorrectCardForm(data, actor=actor, initial=initial)
        title, perform = _("更正"), lambda: commands.correct_card(actor, row, **form.values)
    elif act == "end":
        form = EndForm(data, label_suffix="")
        title, perform = _("终止党员卡"), lambda: commands.end_card(actor, row, **form.cleaned_data)
    else:
        raise Http404
    here = reverse("party:card", args=[pk])
    return form_page(request, form, perform, title=title, crumbs=_crumbs((str(row.name), here)), back=here)
