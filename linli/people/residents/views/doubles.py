"""People who may be on the register twice: found, looked at side by side, merged, or known to be two."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.people.residents import commands, queries
from linli.people.residents.forms import MergeForm
from linli.people.residents.models import Person
from linli.people.residents.views.common import FORM, person_of, private

MOST = 100
SAME = commands.Given(source="visit", reason="same")
DIFFERENT = commands.Given(source="visit", reason="different")


@page("residents.merge")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one person, the surest first. Nothing was opened to find them."""
    actor = actor_of(request)
    pairs = queries.doubles(actor, MOST)
    keys = {key for first, second, _why in pairs for key in (first, second)}
    people = {row.pk: row for row in queries.home_first(queries.living_in(actor)).filter(pk__in=keys or {0})}
    rows = [
        (people[first], people[second], "；".join(why))
        for first, second, why in pairs
        if first in people and second in people
    ]
    return private(render(request, "residents/doubles.html", {"rows": rows, "full": len(pairs) == MOST}))


def _pair(request: HttpRequest, first: int, second: int) -> tuple[Person, Person]:
    rows = person_of(request, first), person_of(request, second)
    if first == second or any(row.merged_into_id is not None for row in rows):
        raise Http404
    return rows


@page("residents.merge")
@require_http_methods(FORM)
def compare(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two records side by side; merge them, or note that they are two people."""
    left, right = _pair(request, first, second)
    actor, lines = actor_of(request), _lines(left, right)
    names = [
        (name, label)
        for name, label, _mine, _theirs, same in lines
        if name in ("name", "sex", "birth_year", "birth_date", "phone", "identity") and same is False
    ]
    form, status = MergeForm(request.POST or None, first=left, second=right, names=names), 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "apart":
                commands.keep_apart(actor, left, other=right.pk, given=DIFFERENT)
                messages.success(request, _("已记下不是同一人，不再提示。"))
                return redirect("residents:doubles")
            status = 422
            if form.is_valid():
                kept, gone = (left, right) if form.cleaned_data["keep"] == str(left.pk) else (right, left)
                commands.merge(actor, kept, other=gone.pk, take=form.cleaned_data["take"], given=SAME)
                messages.success(request, _("已合并，两份的来历都在；合并错了可以分开。"))
                return redirect("residents:person", kept.pk)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            status = 422
    context = {"left": left, "right": right, "lines": lines, "form": form}
    return private(render(request, "residents/compare.html", context, status=status))


# Sealed fields that are compared by their blind index, so that masks do not make two different names look the same.
BY_INDEX = ("name", "phone", "identity")


def _same(name: str, left: Person, right: Person, mine: str, theirs: str) -> bool | None:
    """Whether both say the same; None where that cannot be told: nothing is known, or only a part of it is seen."""
    if mine == theirs == "—":
        return None
    if name in BY_INDEX:
        first, second = getattr(left, f"{name}_index"), getattr(right, f"{name}_index")
        return bytes(first or b"") == bytes(second or b"")
    return None if name == "birth_date" and mine == theirs else mine == theirs


def _lines(left: Person, right: Person) -> list[tuple[str, Any, str, str, bool | None]]:
    """(field, label, left, right, whether they are the same), masked."""
    facts = Person._meta.get_field

    def told(row: Person) -> dict[str, str]:
        return {
            "name": str(row.name),
            "sex": row.get_sex_display(),
            "birth_year": str(row.birth_year or "—"),
            "birth_date": str(row.birth_date or "—"),
            "phone": str(row.phone or "—"),
            "identity": str(row.identity or "—"),
            "dwelling": str(row.dwelling),
            "kind": row.get_kind_display(),
            "state": row.get_state_display(),
            "registered_at": f"{row.registered_at:%Y-%m-%d}",
            "source": row.get_source_display(),
            "verified_on": f"{row.verified_on:%Y-%m-%d}",
        }

    mine, theirs = told(left), told(right)
    return [
        (
            name,
            getattr(facts(name), "verbose_name", name),
            mine[name],
            theirs[name],
            _same(name, left, right, mine[name], theirs[name]),
        )
        for name in mine
    ]


@page("residents.merge")
@require_POST
def separate(request: HttpRequest, pk: int) -> HttpResponse:
    """The two were not one person after all."""
    row, other = person_of(request, pk), request.POST.get("other", "")
    try:
        commands.separate(
            actor_of(request), row, other=int(other) if other.isascii() and other.isdigit() else 0, given=DIFFERENT
        )
        messages.success(request, _("已分开。"))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("residents:person", pk)
