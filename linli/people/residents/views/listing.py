"""The register: list, finding somebody, who lives behind one door."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.crypto import index_candidates
from linli.base.pages import actor_of, page
from linli.base.privacy.exports import masker
from linli.people.residents import commands, paging, queries, rules
from linli.people.residents.list_forms import FindForm, RegisterFilter
from linli.people.residents.models import CareNeed, Person
from linli.people.residents.views.common import FORM, private
from linli.places.addresses.queries import dwellings_visible_to, place_names, search_dwellings
from linli.places.regions.queries import in_subtree


def narrowed(actor: Actor, bar: RegisterFilter) -> Any:
    """The register under the filters of the bar."""
    wanted = bar.cleaned_data
    rows = queries.living_in(actor)
    state = wanted.get("state") or ""
    if state != "all":
        rows = rows.filter(state=state) if state else rows.filter(state__in=queries.HERE)
    if place := wanted.get("place"):
        rows = rows.filter(in_subtree(place, "region_code"))
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if text := (wanted.get("q") or "").strip():
        rows = rows.filter(dwelling__in=search_dwellings(actor, dwellings_visible_to(actor), text))
    if group := wanted.get("care"):
        needs = queries.care_of(actor)
        if group != "any":
            needs = needs.filter(group_index__in=index_candidates(CareNeed, "group_index", group))
        rows = rows.filter(pk__in=needs.values(whose=queries.SHOWN))
    return rows


SEX, KIND, STATE = (dict(one.choices) for one in (Person.Sex, Person.Kind, Person.State))


def shown(actor: Actor, lines: list[Any]) -> list[dict[str, Any]]:
    """What a list shows of each: masked name and number, age, home, need for care. Three queries for any number of people."""
    needs, today = queries.needs_of(actor, [line.id for line in lines]), queries.today()
    codes = {line.region_code for line in lines}
    place = place_names(codes)
    names = {code: place(code) for code in codes}
    name_of, phone_of = masker(Person, "name"), masker(Person, "phone")
    return [
        {
            "key": line.id,
            "name": name_of(line.id, line.name),
            "sex": SEX[line.sex] if line.sex in "12" else "",
            "year": line.birth_year or "",
            "age": rules.age(line.birth_year, today),
            "home": queries.home_of(line),
            "place": names[line.region_code],
            "phone": phone_of(line.id, line.phone),
            "kind": KIND[line.kind],
            "state": line.state,
            "state_words": STATE[line.state],
            "verified_on": line.verified_on,
            "needs": needs[line.id],
        }
        for line in lines
    ]


@page("residents.view")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Everybody on the register whom this actor keeps, in pages that follow each other by key."""
    actor = actor_of(request)
    bar = RegisterFilter(request.GET, actor)
    found = paging.page_of(queries.lines(narrowed(actor, bar)), request)
    context = {
        "filter": bar,
        "page": found,
        "rows": shown(actor, found.rows),
        "sort": paging.sort_of(request),
        "narrowed": any(bar.cleaned_data.get(name) for name in bar.fields),
        "care": actor.may("residents.care"),
        "find": FindForm(),
    }
    return private(render(request, "residents/list.html", context))


@page("residents.search")
@require_http_methods(FORM)
def find(request: HttpRequest) -> HttpResponse:
    """Somebody by exact name or number, which never stand in an address: they are posted. One hit leads straight to the person."""
    actor, form = actor_of(request), FindForm(request.POST or None)
    people: list[Any] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ids = commands.search(actor, text=form.cleaned_data["text"])
            except Refused as refused:
                form.add_error("text", refused.message)
            else:
                words = form.cleaned_data["text"]
                if len(ids) == 1:
                    return redirect("residents:person", ids[0])
                # An address may stand in an address, a name may not; what was taken for a name may be that of a compound.
                if (
                    rules.sought(words) in ("address", "name" if not ids else "")
                    and queries.by_address(actor, words).exists()
                ):
                    return redirect(reverse("residents:list", query={"q": words}))
                people = list(queries.lines(queries.living_in(actor)).filter(pk__in=ids).order_by("id"))
                status = 200
    searched = request.method == "POST" and not form.errors
    context = {"form": form, "rows": shown(actor, people) if people else [], "searched": searched}
    return private(render(request, "residents/find.html", context, status=status))


@page("residents.view")
@require_safe
def of_dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """Who lives behind one door: the fragment for the page of a dwelling."""
    actor = actor_of(request)
    home = get_object_or_404(dwellings_visible_to(actor), pk=dwelling)
    rows = queries.in_dwelling(actor, home.pk)
    needs, today = queries.needs_of(actor, [row.person_id for row in rows]), queries.today()
    context = {
        "dwelling": home,
        # Whoever owns here and lives elsewhere is kept by others: their page is not this actor's.
        "rows": [
            (
                row,
                rules.age(row.person.birth_year, today),
                needs[row.person_id],
                rules.may_reach(actor.regions, row.person.region_code, actor.everything),
            )
            for row in rows
        ],
        "may_register": actor.may("residents.register") and home.valid_to is None,
    }
    return private(render(request, "residents/_of_dwelling.html", context))
