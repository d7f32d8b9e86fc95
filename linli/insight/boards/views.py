"""The board of a place: today, the figures, the map, the trend; every number opens the cases behind it (behind.py)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.base.clockwork import now
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.insight.boards import reading
from linli.insight.boards.asking import BoardFilter, today
from linli.insight.indicators import queries
from linli.insight.indicators.queries import Period


@page("boards.view")
def board(request: HttpRequest) -> HttpResponse:
    """今天、指标、地图、趋势."""
    filter_ = BoardFilter(request.GET, actor_of(request), today())
    period = filter_.span
    shown = reading.board(actor_of(request), filter_.code, period, filter_.digits, now())
    figure = queries.figures()[filter_.chosen_figure]
    sort = request.GET.get("sort", "code")
    shown["parts"] = _sorted(shown["parts"], sort)
    values = {part.code: _number(part.values[figure.code]) for part in shown["parts"]}
    return render(
        request,
        "boards/board.html",
        {
            **shown,
            "filter": filter_,
            "region": filter_.code,
            "place": filter_.names.get(filter_.code, filter_.code),
            "period": period,
            "digits": filter_.digits,
            "figure": figure,
            "figures": queries.figures(),
            "map_values": values,
            "rate_series": [
                {"name": queries.figures()[code].name, "values": line} for code, line in shown["trend"].rates.items()
            ],
            "figure_columns": [
                {"key": code, "label": one.name, "kind": "number", "sort": code}
                for code, one in queries.figures().items()
            ],
            "category_names": [name for name, _number_, _link in shown["categories"]],
            "category_numbers": [number for _name, number, _link in shown["categories"]],
            "category_links": [link for _name, _number_, link in shown["categories"]],
            "sort": sort,
            "today": today(),
            "filed_today": shown["days"].get(today().isoformat(), {}).get("filed", 0),
            "today_link": reading.behind_link("filed", filter_.code, Period(today(), today()))
            if shown["open_link"]
            else "",
        },
    )


def _number(value: queries.Value) -> float | None:
    return None if value.number is None else float(value.number)


def _sorted(parts: list[reading.Part], sort: str) -> list[reading.Part]:
    """By name as it stands, or by a figure; places without a value come last either way."""
    down, code = sort.startswith("-"), sort.removeprefix("-")
    if code in ("open", "overdue"):
        return sorted(parts, key=lambda part: getattr(part, code), reverse=down)
    if code not in queries.figures():
        return parts
    known = [part for part in parts if part.values[code].number is not None]
    return sorted(known, key=lambda part: part.values[code].number or 0, reverse=down) + [
        part for part in parts if part.values[code].number is None
    ]


@page("boards.view")
def export(request: HttpRequest) -> HttpResponseBase:
    """The table of the board as a sheet, with what the figures were made from."""
    filter_ = BoardFilter(request.GET, actor_of(request), today())
    shown = reading.board(actor_of(request), filter_.code, filter_.span, filter_.digits, now())
    figures = queries.figures()
    head = [_("代码"), _("名称")]
    for figure in figures.values():
        head += (
            [figure.name]
            if figure.kind == "count"
            else [figure.name, f"{figure.name}·{_('分子')}", f"{figure.name}·{_('分母')}"]
        )
    lines = []
    for part in shown["parts"]:
        line = [part.code, part.name]
        for code, figure in figures.items():
            value = part.values[code]
            line.append(value.text)
            if figure.kind == "rate":
                line += [str(float(value.numerator)), str(int(value.denominator or 0))]
        lines.append([*line, str(part.open), str(part.overdue)])
    return sheet(
        f"{_('看板')}-{filter_.code}-{filter_.span.first}-{filter_.span.last}", [*head, _("在办"), _("超期")], lines
    )
