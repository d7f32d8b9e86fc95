"""What can be done to a person or a household, each on a page of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.people.residents import commands, forms, queries
from linli.people.residents.models import Household, Person
from linli.people.residents.views.common import FORM, act_page, person_of, private
from linli.people.residents.views.person import person_page, verified
from linli.places.addresses.queries import dwellings_visible_to


def _address(row: Person) -> str:
    return reverse("residents:person", args=[row.pk])


@page("residents.register")
@require_http_methods(FORM)
def register(request: HttpRequest) -> HttpResponse:
    """Enter somebody; ?dwelling= when one comes from a door."""
    actor = actor_of(request)
    asked = request.GET.get("dwelling", "")
    home = (
        dwellings_visible_to(actor).filter(pk=int(asked[:18])).first() if asked.isascii() and asked.isdigit() else None
    )
    form = forms.RegisterForm(request.POST or None, actor=actor, home=home)
    back = reverse("addresses:dwelling", args=[home.pk]) if home is not None else reverse("residents:list")
    return act_page(
        request, form, lambda: commands.register(actor, **form.told()), title=_("登记居民"), back=back, said=_("已登记。"),
        to=_address, template="residents/register.html",
    )  # fmt: skip


@page("residents.correct")
@require_http_methods(FORM)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set right what was wrong."""
    row = person_of(request, pk)
    form = forms.CorrectForm(request.POST or None, person=row)
    return act_page(
        request, form, lambda: commands.correct(actor_of(request), row, changes=form.changes(), given=form.given),
        title=_("更正资料"), back=_address(row), said=_("已更正，原来的内容留在来历里。"), person=row,
        lead=_("不改的留空。原来的内容留在来历里。"),
    )  # fmt: skip


@page("residents.move_house")
@require_http_methods(FORM)
def move_house(request: HttpRequest, pk: int) -> HttpResponse:
    """To another dwelling within reach."""
    row = person_of(request, pk)
    form = forms.MoveHouseForm(request.POST or None, actor=actor_of(request))

    def perform() -> Person:
        said = form.cleaned_data
        done: Person = commands.move_house(
            actor_of(request), row, dwelling=said["dwelling"], kind=said["kind"] or None,
            whole_household=said["whole_household"], given=form.given,
        )  # fmt: skip
        return done

    return act_page(
        request, form, perform, title=_("搬家"), back=_address(row), said=_("已搬家。"), person=row,
        lead=_("搬到本辖区别的房屋；搬到外面请办迁出，由对方社区办迁入。"),
    )  # fmt: skip


@page("residents.move_out")
@require_http_methods(FORM)
def move_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Away from here."""
    row = person_of(request, pk)
    form = forms.MoveOutForm(request.POST or None)
    return act_page(
        request, form, lambda: commands.move_out(actor_of(request), row, given=form.given), title=_("迁出"), back=_address(row),
        said=_("已迁出，关照和联系随之结束。"), person=row, danger=True, lead=_("名下的居住登记、关照和联系人都结束，来历保留。"),
    )  # fmt: skip


@page("residents.move_in")
@require_http_methods(FORM)
def move_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Back again, or a second dwelling."""
    row = person_of(request, pk)
    form = forms.MoveInForm(request.POST or None, actor=actor_of(request))

    def perform() -> Person:
        said = form.cleaned_data
        done: Person = commands.move_in(
            actor_of(request), row, dwelling=said["dwelling"], kind=said["kind"], lives=said["lives"], given=form.given
        )
        return done

    return act_page(
        request, form, perform, title=_("迁入"), back=_address(row), said=_("已迁入。"), person=row,
        lead=_("迁回的人填现在的住处；另有房屋但不住的，去掉“住在这里”。"),
    )  # fmt: skip


@page("residents.note_death")
@require_http_methods(FORM)
def note_death(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody visits or calls any more."""
    row = person_of(request, pk)
    form = forms.DeathForm(request.POST or None)
    return act_page(
        request, form,
        lambda: commands.note_death(actor_of(request), row, died_on=form.cleaned_data["died_on"], given=form.given),
        title=_("登记去世"), back=_address(row), said=_("已登记。走访、复核和联系都停止，档案保留。"), person=row, danger=True,
        lead=_("登记后不再走访、不再打电话；登记错了可以撤销。"),
    )  # fmt: skip


@page("residents.note_death")
@require_http_methods(FORM)
def undo_death(request: HttpRequest, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    row = person_of(request, pk)
    form = forms.BackForm(request.POST or None)
    return act_page(
        request, form, lambda: commands.undo_death(actor_of(request), row, given=form.given), title=_("撤销去世登记"),
        back=_address(row), said=_("已撤销，原来的居住、关照、联系人和代办授权都恢复了；党员名册和包联指派随后恢复，没有恢复的请经办人核对。"), person=row,
    )  # fmt: skip


@page("residents.correct")
@require_POST
def add_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody to reach for this person."""
    row, form = person_of(request, pk), forms.ContactForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            commands.add_contact(
                actor_of(request), row, kind=said["kind"], name=said["name"], phone=said["phone"], given=form.given
            )
        except Refused as refused:
            name = (refused.field or "").removeprefix("guardian_")
            form.add_error(name if name in form.fields else None, refused.message)
        else:
            return redirect("residents:person", pk)
    return person_page(request, row, 422, contact_form=form)


@page("residents.correct")
@require_POST
def end_contact(request: HttpRequest, pk: int, contact: int) -> HttpResponse:
    """Not reached for this person any more."""
    row = person_of(request, pk)
    try:
        commands.end_contact(
            actor_of(request), row, contact=contact, given=commands.Given(source="visit", reason="said")
        )
    except Refused as refused:
        if refused.status == 404:
            raise Http404 from refused
        raise
    return redirect("residents:person", pk)


@page("residents.view")
@require_safe
def household_page(request: HttpRequest, household: int) -> HttpResponse:
    """The people of one household, and the other households behind the same door."""
    return _household_page(request, _household(request, household))


def _household(request: HttpRequest, pk: int) -> Household:
    row = queries.households(actor_of(request)).select_related(queries.HOME, "head").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _living(request: HttpRequest, row: Household) -> list[Person]:
    mine = queries.living_in(actor_of(request)).filter(household=row, state=Person.State.LIVING)
    return list(mine.order_by("id"))


def _others(request: HttpRequest, row: Household) -> list[Household]:
    there = queries.households(actor_of(request)).filter(dwelling=row.dwelling_id, ends=None).exclude(pk=row.pk)
    return list(there.select_related("head").order_by("id"))


def _household_page(request: HttpRequest, row: Household, status: int = 200, **sent: object) -> HttpResponse:
    actor, members, others = actor_of(request), _living(request, row), _others(request, row)
    context = {
        "household": row,
        "members": members,
        "others": others,
        "needs": queries.needs_of(actor, [one.pk for one in members]),
        "verified": {one.pk: verified(one) for one in members},
        "may_split": row.ends is None and len(members) > 1 and actor.may("residents.split"),
        "may_join": row.ends is None and bool(others) and actor.may("residents.join"),
        "split_form": forms.SplitForm(members=members),
        "join_form": forms.JoinForm(others=others),
        **sent,
    }
    return private(render(request, "residents/household.html", context, status=status))


@page("residents.split")
@require_POST
def split(request: HttpRequest, household: int) -> HttpResponse:
    """Some of them become a household of their own."""
    row = _household(request, household)
    form = forms.SplitForm(request.POST, members=_living(request, row))
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = commands.split(
                actor_of(request), row, members=[int(one) for one in said["members"]],
                head=int(said["head"]) if said["head"] else None, given=form.given,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return redirect("residents:household", made.pk)
    return _household_page(request, row, 422, split_form=form)


@page("residents.join")
@require_POST
def join(request: HttpRequest, household: int) -> HttpResponse:
    """Another household of this dwelling becomes part of this one."""
    row = _household(request, household)
    form = forms.JoinForm(request.POST, others=_others(request, row))
    if form.is_valid():
        try:
            commands.join(actor_of(request), row, other=int(form.cleaned_data["other"]), given=form.given)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return redirect("residents:household", household)
    return _household_page(request, row, 422, join_form=form)
