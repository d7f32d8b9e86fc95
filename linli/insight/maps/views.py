"""The big map: regions coloured by a figure, open cases as points; the same numbers stand in a table beside it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from linli.base import masks
from linli.base.clockwork import now
from linli.base.pages import page
from linli.insight.boards import reading
from linli.insight.boards.asking import BoardFilter, today
from linli.insight.indicators import queries
from linli.procedures import queries as procedures

MOST_POINTS = 3000


@page("boards.view")
def map_page(request: HttpRequest) -> HttpResponse:
    """地图."""
    filter_ = BoardFilter(request.GET, request.actor, today())  # type: ignore[attr-defined]
    rows = queries.by_region(filter_.code, filter_.span, filter_.digits)
    names = reading.names_below(filter_.code, filter_.digits)
    figure = queries.figures()[filter_.chosen_figure]
    actor = request.actor  # type: ignore[attr-defined]
    standing = queries.standing(actor, filter_.code, filter_.digits, now())
    parts = reading.parts(rows, standing, names, filter_.span, opens=actor.may("cases.view"))
    values = {
        part.code: None if (number := part.values[figure.code].number) is None else float(number) for part in parts
    }
    return render(
        request,
        "maps/map.html",
        {
            "filter": filter_,
            "region": filter_.code,
            "place": filter_.names.get(filter_.code, filter_.code),
            "period": filter_.span,
            "digits": filter_.digits,
            "figure": figure,
            "parts": parts,
            "values": values,
        },
    )


@page("cases.view")
def cases(request: HttpRequest) -> JsonResponse:
    """Open cases in a region as points, the most urgent first; titles are scrubbed, nothing else is told."""
    filter_ = BoardFilter(request.GET, request.actor, today())  # type: ignore[attr-defined]
    moment = now()
    rows = (
        procedures.visible_to(request.actor)  # type: ignore[attr-defined]
        .filter(procedures.within(filter_.code), kind="case", closed_at=None, case__longitude__isnull=False)
        .order_by("due_at", "id")
        .values("number", "title", "due_at", "case__longitude", "case__latitude")[:MOST_POINTS]
    )
    points = [
        {
            "lon": row["case__longitude"],
            "lat": row["case__latitude"],
            "label": masks.scrub(row["title"]),
            "url": reverse("cases:detail", args=[row["number"]]),
            "tone": "over" if row["due_at"] and row["due_at"] < moment else "",
        }
        for row in rows
    ]
    answer = JsonResponse(points, safe=False)
    answer["Cache-Control"] = "no-store"
    return answer
