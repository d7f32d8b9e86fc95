"""Sheets to download: one way for every list, so that no answer is kept by a cache and none is read after its scope has ended."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.exchange import csv_bytes, xlsx_bytes
from linli.base.exchange.ledger import docx_bytes
from linli.base.scope import scope
from linli.base.ui.fields import filter_views
from linli.base.ui.words import local

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
Line = Sequence[Any]


def sheet(
    name: str,
    head: Sequence[Any],
    lines: Iterable[Line],
    form: str = "csv",
    *,
    seen_by: Actor | None = None,
    mark: str = "",
    maker: str = "",
    under: str = "",
) -> HttpResponseBase:
    """An attachment with these lines; the moment is added to its name. For lists of people: `privacy.exports.leave`.

    form: csv | xlsx | docx (a ledger for Word, of at most `ledger.MOST_ROWS` rows), the caller answers 404 to others.
    seen_by: for sheets too long to be held in memory; they are read while they are sent, when the request's transaction,
    and with it the scope, has ended: through this actor's own. mark: said in the properties and at the printed foot of a
    workbook, at the foot of a ledger; maker: there without one; under: the conditions, below the title of a ledger.
    """
    titles = [str(title) for title in head]
    answer: HttpResponseBase
    if form == "docx":
        made = docx_bytes(name, titles, lines, maker=mark or maker or str(_("邻里")), at=now(), under=under)
        answer = HttpResponse(made, content_type=TYPES[form])
    else:
        pieces = xlsx_bytes(titles, lines, title=name, mark=mark) if form == "xlsx" else csv_bytes(titles, lines)
        if seen_by is None:
            answer = HttpResponse(b"".join(pieces), content_type=TYPES[form])
        else:
            answer = StreamingHttpResponse(_scoped(seen_by, pieces), content_type=TYPES[form])
    full = f"{name}-{local(now()):%Y%m%d-%H%M}.{form}"
    answer.headers["Content-Disposition"] = content_disposition_header(True, full) or "attachment"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def form_of(request: HttpRequest) -> str:
    """The form that `?form=` asks for, a CSV where it asks for none that there is."""
    asked = request.GET.get("form", "")
    return asked if asked in TYPES else "csv"


def _scoped(actor: Actor, pieces: Iterable[bytes]) -> Iterator[bytes]:
    with scope(actor):
        yield from pieces


def conditions(title: str, bar: Any) -> str:
    """What a list shows and under which filters, in words."""
    return "、".join([title, *(f"{view.label} {view.text}" for view in filter_views(bar) if view.label and view.text)])


def marked(lines: Iterable[Line], actor: Actor, under: str) -> Iterator[Line]:
    """The lines, and at the end who took them, when, how many, under which conditions."""
    count = 0
    for line in lines:
        count += 1
        yield line
    yield [
        _("导出：%(name)s %(at)s · %(count)d 行 · 条件：%(conditions)s · 导出已记入审计。")
        % {"name": actor.name, "at": f"{local(now()):%Y-%m-%d %H:%M}", "count": count, "conditions": under or _("无")}
    ]
