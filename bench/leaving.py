"""`python -m bench.leaving`: the register of 100,000 people as a sheet, the real way: asked for, agreed to, noted for each of them
in the read log, every name and number opened and masked, numbered in each row. Against COPY of the plain columns of the same rows, and
the writers alone against COPY and a writer in Rust. Each export runs in a process of its own, whose memory is told.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import psycopg

from bench.ground import Ground, ground

PURPOSE = "check"


@click.command()
@click.option("--people", default=100_000, show_default=True)
@click.option("--form", default="", help="One export only, in this process.")
@click.option("--profile", is_flag=True)
def main(people: int, form: str, profile: bool) -> None:
    if form:
        _export(form, profile)
        return
    with ground(1000, lambda line: click.echo(f"  {line}", err=True)) as found:
        have = _people(people)
        copied = min(_seconds(lambda: _copy(found.admin)) for _again in range(3))
        click.echo(f"{have:,} people; COPY of the plain columns of the same rows: {copied:.2f} s")
        for one in ("csv", "xlsx"):
            said = subprocess.run(
                [sys.executable, "-m", "bench.leaving", "--form", one], stdout=subprocess.PIPE, text=True, check=True
            )
            click.echo(said.stdout.strip())


def _people(wanted: int) -> int:
    """So many people in the register of one community, entered where they are not there yet."""
    from bench.residents import TOGETHER, people
    from bench.sheets import _doors, _where
    from linli.base.scope import scope
    from linli.people.residents import commands
    from linli.people.residents.models import Person
    from linli.places.addresses.models import Dwelling

    actor, buildings = _where()
    with scope(actor):
        have = Person.objects.count()
    if have < wanted:
        _doors(actor, buildings, wanted // 3 + 1)
        with scope(actor):
            homes = list(Dwelling.objects.filter(building__in=buildings).order_by("id").values_list("pk", flat=True))
        rows = people(wanted, homes, 7)
        for first in range(have, wanted, TOGETHER):
            with scope(actor):
                commands.register_many(actor, rows[first : first + TOGETHER])
    return max(have, wanted)


def _copy(url: str) -> int:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        read = (
            "SELECT p.sex, p.birth_year, c.name, b.name, d.unit_name, d.room_name, p.region_code, p.kind, p.state, p.verified_on "
            "FROM residents_person p JOIN addresses_dwelling d ON d.id = p.dwelling_id JOIN addresses_building b ON b.id = d.building_id "
            "JOIN addresses_compound c ON c.id = b.compound_id WHERE p.merged_into_id IS NULL ORDER BY p.region_code, p.dwelling_id, p.id"
        )
        with cursor.copy(f"COPY ({read}) TO STDOUT (FORMAT csv)") as stream:
            return sum(len(piece) for piece in stream)


def _export(form: str, profile: bool) -> None:
    """One export in this process, from the request that was agreed to until its last byte."""
    import cProfile
    import pstats

    from linli.base.ground import database
    from linli.base.ground import ground as django_ground

    os.environ["LINLI_HOME"] = str(Path(__file__).parent.parent / "var" / "bench-1000")
    with database() as addresses, django_ground("web", addresses):
        answer, actor = _asked(form)
        found = cProfile.Profile()
        begun, worked = time.perf_counter(), time.process_time()
        if profile:
            found.enable()
        sheet = answer()
        asked = time.perf_counter() - begun
        size = sum(len(piece) for piece in sheet.streaming_content)
        seconds, worked = time.perf_counter() - begun, time.process_time() - worked
        if profile:
            found.disable()
            pstats.Stats(found).sort_stats("tottime").print_stats(25)
        del actor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"{form}: {seconds:.1f} s, {worked:.1f} s of this processor; asked and noted after {asked:.1f} s; {size / 1e6:.1f} MB; memory of the "
        f"process at its highest {peak:.0f} MB"
    )


def _asked(form: str) -> tuple[Callable[[], Any], Any]:
    """The request, once a second person has agreed to it."""
    from django.test import RequestFactory

    from bench.sheets import _where
    from linli.base.actor import system
    from linli.base.privacy import commands
    from linli.base.privacy.models import Export
    from linli.base.scope import scope
    from linli.people.accounts.models import Post
    from linli.people.accounts.queries import actor_of
    from linli.people.residents.views import taking_out

    actor, _buildings = _where()

    def ask() -> Any:
        request = RequestFactory().get("/residents/export.csv", {"form": form, "purpose": PURPOSE})
        request.actor = actor  # type: ignore[attr-defined]
        with scope(actor):
            return taking_out.register(request)

    ask()
    with scope(system("bench")):
        leaders = Post.objects.filter(role="leader", ends=None).select_related("account")
        leader = next(actor_of(post) for post in leaders if actor.regions[0].startswith(post.region_code))
        waiting = Export.objects.filter(state=Export.State.ASKED).order_by("-pk")[0]
        commands.decide_export(leader, waiting.pk, agree=True)
    return ask, actor


def writers(found: Ground, head: Sequence[str], rows: list[list[str]]) -> None:
    """The writers alone, each the best of five: rows in memory into a CSV and a workbook, against COPY out of `bare_sheet`."""
    from bench.sheets import Cost, _cost
    from linli.base.exchange import csv_bytes, write_xlsx

    def as_copy() -> int:
        with (
            psycopg.connect(found.admin) as connection,
            connection.cursor() as cursor,
            cursor.copy("COPY bare_sheet TO STDOUT (FORMAT csv)") as stream,
        ):
            return sum(len(piece) for piece in stream)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.xlsx"
        ways: dict[str, Callable[[], Any]] = {
            "COPY": as_copy,
            "csv": lambda: sum(len(piece) for piece in csv_bytes(head, rows)),
            "xlsx": lambda: write_xlsx(path, head, rows),
        }
        try:
            from rustpy_xlsxwriter import write_worksheet
        except ImportError:
            pass
        else:
            records = [dict(zip(head, row, strict=True)) for row in rows]
            ways["rust"] = lambda: write_worksheet(records, str(Path(folder) / "rust.xlsx"))
        took: dict[str, Cost] = {}
        for name, way in ways.items():
            costs = [_cost(found, way)[0] for _again in range(5)]
            took[name] = Cost(min(one.seconds for one in costs), min(one.cpu for one in costs))
    for name, against in (("csv", "COPY"), ("xlsx", "rust")):
        if against in took:
            ours, theirs = took[name], took[against]
            said = f"{theirs.seconds / ours.seconds:.2f} of it, {theirs.cpu / ours.cpu:.2f} of its processor"
            click.echo(f"export: {name} {ours}, {against} {theirs}: {said}")


def _seconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
