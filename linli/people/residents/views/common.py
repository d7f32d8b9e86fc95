"""What the pages of this room share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.base.commands import Refused
from linli.base.pages import actor_of
from linli.people.residents import queries
from linli.people.residents.models import Person

FORM = ["GET", "HEAD", "POST"]


def person_of(request: HttpRequest, pk: int) -> Person:
    """Somebody this actor may see, with home and household; others have no such page."""
    row = queries.home_first(queries.visible_to(actor_of(request))).select_related("household").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def private(answer: HttpResponse) -> HttpResponse:
    """Pages about people stay in no cache."""
    answer["Cache-Control"] = "private, no-store"
    return answer


def act_page(
    request: HttpRequest,
    form: Any,
    perform: Callable[[], Any],
    *,
    title: Any,
    back: str,
    said: Any,
    to: Callable[[Any], str] | None = None,
    template: str = "residents/form.html",
    **more: Any,
) -> HttpResponse:
    """One act: its form, and back to where it came from. What was refused stands beside its field with everything typed still there."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = perform()
            except Refused as refused:
                form.add_error(field_of(form, refused.field), refused.message)
                status = refused.status if refused.status in (403, 404, 409) else 422
            else:
                messages.success(request, said)
                if isinstance(done, Person) and queries.not_taken(done):
                    messages.warning(request, _("另有较新的说法，这次的没有全部采用，都留在来历里。"))
                return redirect(to(done) if to is not None else back)
    context = {"form": form, "title": title, "back": back, "submit": title, "danger": False, "lead": "", **more}
    return private(render(request, template, context, status=status))


def field_of(form: Any, name: str | None) -> str | None:
    """The field of this form that a refusal is about; birth is one field here and two in the commands."""
    name = "birth" if name in ("birth_year", "birth_date") else name
    return name if name in form.fields else None
