"""Care: noting and ending a need, the visit list of the week, the form of one visit, one tap where a form is too much."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.people.residents import commands, forms, queries, rules, tasks
from linli.people.residents.list_forms import CareListForm
from linli.people.residents.models import Person
from linli.people.residents.policy import care
from linli.people.residents.views.common import FORM, act_page, field_of, person_of, private
from linli.people.residents.views.person import person_page


@page("residents.care")
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Whom to visit this week: a short list, the most overdue first, one building after the other."""
    actor, today, policy = actor_of(request), queries.today(), care()
    groups: list[tuple[str, list[dict[str, object]]]] = []
    for person, needs in queries.visit_list(actor):
        building = str(person.dwelling.building)
        if not groups or groups[-1][0] != building:
            groups.append((building, []))
        words = list(dict.fromkeys(policy.name(str(need.group)) for need in needs))
        groups[-1][1].append(
            {
                "person": person,
                "door": person.dwelling.door,
                "age": rules.age(person.birth_year, today),
                "words": words,
                "late": (today - min(need.review_on for need in needs)).days,
                "tries": max(need.tries for need in needs),
                "needs": ",".join(str(need.pk) for need in needs),
            }
        )
    context = {"groups": groups, "count": sum(len(rows) for _name, rows in groups), "most": policy.data["visits_most"]}
    return private(render(request, "residents/visits.html", context))


@page("residents.care")
@require_http_methods(FORM)
def care_list(request: HttpRequest) -> HttpResponse:
    """A list of one group, sensitive or not, for a purpose tied to open work. It is posted and logged, and stays in no address."""
    actor = actor_of(request)
    works = tasks.in_hand(actor)
    form = CareListForm(request.POST or None, actor, works)
    rows, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                keys = commands.list_care(actor, **form.cleaned_data)
            except Refused as refused:
                form.add_error(field_of(form, refused.field), refused.message)
            else:
                rows, status = _in_walking_order(actor, keys), 200
    said = {name: dict(form.fields[name].choices).get(form[name].value(), "") for name in form.fields}  # type: ignore[attr-defined]
    context = {"form": form, "rows": rows, "works": works, "said": said}
    return private(render(request, "residents/care_list.html", context, status=status))


def _in_walking_order(actor: Actor, keys: list[int]) -> list[dict[str, object]]:
    people = queries.home_first(queries.living_in(actor)).filter(pk__in=keys)
    today = queries.today()
    order = sorted(people, key=lambda one: (one.dwelling.building.compound_id, *rules.door_order(one.dwelling)))
    return [{"person": one, "home": str(one.dwelling), "age": rules.age(one.birth_year, today)} for one in order]


@page("residents.care")
@require_POST
def quick(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap from the list: still so, or nobody was reached. Everything else has a form."""
    row, answer = person_of(request, pk), request.POST.get("answer", "")
    given = commands.Given(source="visit")
    still = [int(one) for one in request.POST.get("needs", "").split(",") if one.isascii() and one.isdigit()]
    try:
        if answer == "still":
            commands.record_visit(actor_of(request), row, still=still, given=given)
            messages.success(request, _("已复核。"))
        elif answer == "unreached":
            commands.record_visit(actor_of(request), row, reached=False, given=given)
            messages.success(request, _("记下了，过几天再排。"))
        else:
            messages.error(request, _("请选走访情况。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("residents:visits")


@page("residents.care")
@require_http_methods(FORM)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: every need, and whatever else was found to be different, in one act."""
    row = person_of(request, pk)
    needs = forms.needs_words(actor_of(request), row)
    form = forms.VisitForm(request.POST or None, person=row, needs=needs)

    def perform() -> Person:
        done: Person = commands.record_visit(
            actor_of(request), row, still=form.chosen("still"), over=form.chosen("over"), changes=form.changes(),
            given=form.given,
        )  # fmt: skip
        return done

    back = reverse("residents:visits") if request.GET.get("from") == "list" else reverse("residents:person", args=[pk])
    return act_page(
        request, form, perform, title=_("记走访"), back=back, said=_("已记下，各处都更新了。"), template="residents/visit.html",
        person=row, needs=needs,
    )  # fmt: skip


@page("residents.care")
@require_http_methods(FORM)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody needs care; only which group is kept."""
    row = person_of(request, pk)
    form = forms.CareForm(request.POST or None, actor=actor_of(request))

    def perform() -> Person:
        said = form.cleaned_data
        commands.note_care(
            actor_of(request),
            row,
            group=said["group"],
            purpose=said["purpose"],
            consent=said["consent"],
            given=form.given,
        )
        return row

    return act_page(
        request, form, perform, title=_("记需关照"), back=reverse("residents:person", args=[pk]), said=_("已记下，到期会提醒复核。"),
        person=row, lead=_("只记需要哪一类关照，不记病名、原因。"),
    )  # fmt: skip


@page("residents.care")
@require_POST
def end(request: HttpRequest, pk: int, need: int) -> HttpResponse:
    """A need is over, was wrong, or the consent was withdrawn."""
    row, form = person_of(request, pk), forms.EndCareForm(request.POST)
    if form.is_valid():
        try:
            commands.end_care(
                actor_of(request), row, care_ids=[need], ending=form.cleaned_data["ending"], given=form.given
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("这一项已结束。"))
            return redirect("residents:person", pk)
    return person_page(request, row, 422, end_form=form)
