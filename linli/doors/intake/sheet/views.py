"""Bringing a sheet in by hand: upload, say which column is what, try it, start it, watch it, take the error sheet."""

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from linli.base.commands import Refused
from linli.base.exchange import PROBLEM_HEADER, csv_bytes, read_rows
from linli.base.pages import actor_of, page
from linli.base.ui import downloads
from linli.base.ui.refused import beside
from linli.doors.intake.sheet import commands, shelf
from linli.doors.intake.sheet import mapping as maps
from linli.doors.intake.sheet.forms import MappingForm, UploadForm
from linli.doors.intake.sheet.models import SheetImport
from linli.doors.intake.sheet.running import Outcome, run

PREVIEWED = 100
SHOWN_PROBLEMS = 50


@page("cases.import")
def listing(request: HttpRequest) -> HttpResponse:
    """Sheets of one's own post, and the way to bring another."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read(commands.MOST_BYTES + 1)  # one byte more tells that it is too large
        with beside(form):
            staged = commands.stage(actor_of(request), content=content, file_name=upload.name)
            return redirect("sheet:detail", staged.pk)
    rows = _mine(request).order_by("-id")[:50]
    return render(request, "sheet/list.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@page("cases.import")
def detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """One sheet: the mapping before it runs, the progress while it does, the outcome afterwards."""
    row = _one(request, import_id)
    context: dict[str, Any] = {
        "row": row,
        "problems": row.problems[:SHOWN_PROBLEMS],
        "more": max(0, len(row.problems) - SHOWN_PROBLEMS),
    }
    status = 200
    if row.state in (SheetImport.State.STAGED, SheetImport.State.FAILED):
        head, sample = _sample(row)
        form = MappingForm(request.POST or None, head, {"source": Path(row.file_name).stem[: maps.SOURCE_MOST]})
        context |= {
            "form": form,
            "head": head[:8],
            "head_columns": [{"label": name, "kind": "text"} for name in head[:8]],
            "sample": [[values.get(name, "") for name in head[:8]] for _n, values in sample[:5]],
        }
        if request.method == "POST" and form.is_valid():
            if "start" in request.POST:
                try:
                    commands.start(actor_of(request), row, mapping=form.mapping())
                    return redirect("sheet:detail", row.pk)
                except Refused as no:
                    form.add_error(None, no.message)
            else:
                context["trial"] = _try(request, row, form)
        status = 422 if form.errors else 200
    return render(request, "sheet/detail.html", context, status=status)


@page("cases.import")
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The fragment that tells how far it is; htmx asks for it again until it is done."""
    return render(request, "sheet/_progress.html", {"row": _one(request, import_id)})


@page("cases.import")
def problems(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The error sheet."""
    row = _one(request, import_id)
    return downloads.sheet(f"errors-{row.pk}", PROBLEM_HEADER, row.problems)


@page("cases.import")
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    commands.discard(actor_of(request), _one(request, import_id))
    return redirect("sheet:list")


def _mine(request: HttpRequest) -> Any:
    return SheetImport.objects.filter(post_id=actor_of(request).post_id or 0)


def _one(request: HttpRequest, import_id: int) -> SheetImport:
    row: SheetImport | None = _mine(request).filter(pk=import_id).first()
    if row is None:
        raise Http404
    return row


def _sample(row: SheetImport) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    with _File(row) as path:
        found = list(islice(read_rows(path, problems=[]), PREVIEWED))
    return (list(found[0][1]) if found else []), found


def _try(request: HttpRequest, row: SheetImport, form: MappingForm) -> Outcome | None:
    """The first rows, tried and taken back."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        head, sample = _sample(row)
        file.write(b"".join(csv_bytes(head, [[values.get(name, "") for name in head] for _n, values in sample])))
        file.flush()
        try:
            mapping = maps.of(commands.of_street(row, form.mapping()))
            actor = actor_of(request)
            return run(actor, Path(file.name), mapping, dry=True, within=commands.regions_of(row))
        except (maps.BadMapping, ValueError) as bad:
            form.add_error(None, str(bad))
            return None


class _File:
    """A sealed sheet as a file for as long as the block runs."""

    def __init__(self, row: SheetImport):
        self.row = row

    def __enter__(self) -> Path:
        self.file = tempfile.NamedTemporaryFile(suffix=Path(self.row.file_name).suffix.lower())
        self.file.write(shelf.get(self.row.address))
        self.file.flush()
        return Path(self.file.name)

    def __exit__(self, *_error: object) -> None:
        self.file.close()
