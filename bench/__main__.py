"""`python -m bench --size 100000`: prints a table and writes var/bench.json."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import psycopg

from bench.bare import SET_UP
from bench.client import Load, Server, stretch
from bench.ground import Ground, ground
from bench.scenes import Scene, scenes
from bench.scoring import measure as score_run
from bench.scoring import told

ROUNDS, SECONDS, WARM = 3, 4.0, 0.5


@click.command()
@click.option("--size", default=100_000, show_default=True, help="stored cases")
@click.option("--only", default="", help="scenes whose name holds this")
@click.option("--out", default="var/bench.json", show_default=True)
def main(size: int, only: str, out: str) -> None:
    with ground(size, lambda line: click.echo(f"  {line}", err=True)) as found:
        scoring = score_run(found) if not only or only == "score" else None
        if only == "score" and scoring:
            click.echo(told(scoring))
            return
        with psycopg.connect(found.admin, autocommit=True) as connection:
            connection.execute(SET_UP)
            connection.execute(
                "INSERT INTO bare_case (text, step) SELECT 'x', 'filed' FROM generate_series(1, 500 - (SELECT least(500, count(*)) FROM bare_case))"
            )
        with Server("bench.bare:application", found.web) as bare, Server("linli.wsgi:application", found.web) as linli:
            result: dict[str, Any] = {"size": size, "prepared_s": round(found.prepared_seconds, 1), "scenes": []}
            statements = counted(found)
            for scene in scenes(found):
                if only in scene.name:
                    settle(found)
                    result["scenes"].append(measure(scene, linli, bare, statements.get(scene.name)))
            result |= {
                "memory_mb": {"linli": round(linli.memory), "bare": round(bare.memory)},
                "first_page_s": round(linli.started_seconds, 2),
            }
        result["cold_start_s"] = round(cold_start(), 2)
        result["scoring"] = scoring
    Path(out).parent.mkdir(exist_ok=True)
    Path(out).write_text(json.dumps(result, indent=1, ensure_ascii=False))
    click.echo(table(result))


def settle(found: Ground) -> None:
    """Between scenes, what the worker and the autovacuum do every minute: otherwise each scene pays for those before."""
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.insight.indicators.commands import compact

    with scope(system("bench")):
        compact(system("bench"))
    with psycopg.connect(found.admin, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def measure(scene: Scene, linli: Server, bare: Server, statements: int | None) -> dict[str, Any]:
    """Interleaved stretches of both; the median of the rates, and their ratio."""
    ours, theirs = Load(), Load()
    stretch(linli, scene.linli, WARM, Load())
    stretch(bare, scene.bare, WARM, Load())
    for _ in range(ROUNDS):
        stretch(linli, scene.linli, SECONDS, ours)
        stretch(bare, scene.bare, SECONDS, theirs)
    if ours.wrong or theirs.wrong:
        click.echo(
            f"  {scene.name}: {ours.wrong} + {theirs.wrong} answers were wrong, such as {ours.example or theirs.example}",
            err=True,
        )
    pairs = list(
        zip(ours.rates, theirs.rates, strict=False)
    )  # acts may run out: a small district has few cases to accept
    ratio = statistics.median(a / b for a, b in pairs) if pairs else 0.0
    return {
        "name": scene.name,
        "linli_per_s": round(ours.rate, 1),
        "bare_per_s": round(theirs.rate, 1),
        "ratio": round(ratio, 3),
        "wanted": scene.wanted,
        "met": ratio >= scene.wanted,
        "ms": round(ours.middle, 1),
        "p99_ms": round(ours.slow, 1),
        "cpu_ms": round(ours.cpu_ms, 2),
        "statements": statements,
        "statements_most": scene.most,
        "wrong": ours.wrong,
    }


def counted(found: Ground) -> dict[str, int]:
    """Statements of each request, transaction control left out, through the whole stack in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, shown = Client(SERVER_NAME="127.0.0.1"), {}
    for scene in scenes(found):
        request = scene.linli()
        for _ in range(2):
            request = scene.linli() or request
            if request is None:
                break
            method, path, body, headers = request
            with CaptureQueriesContext(connection) as queries:
                client.generic(method, path, body or b"", content_type=headers.get("Content-Type", ""), headers=headers)
        control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
        shown[scene.name] = sum(1 for query in queries.captured_queries if not query["sql"].startswith(control))
        client.cookies.clear()
    return shown


def cold_start() -> float:
    """A fresh process until Django answers its first request, without the database's own start."""
    words = "import django; django.setup(); from django.test import Client; Client().get('/')"
    times = []
    for _ in range(3):
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, env=_environment())
        times.append(time.monotonic() - begun)
    return statistics.median(times)


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "linli.settings"}


def table(result: dict[str, Any]) -> str:
    head = f"{result['size']:,} stored cases\n{'':<20}{'linli/s':>9}{'bare/s':>9}{'ratio':>8}{'wanted':>8}{'met':>5}{'ms':>8}{'p99':>8}{'cpu ms':>8}{'SQL':>5}{'most':>6}"
    lines = [
        f"{one['name']:<20}{one['linli_per_s']:>9}{one['bare_per_s']:>9}{one['ratio']:>8}{one['wanted']:>8}{'yes' if one['met'] else 'no':>5}"
        f"{one['ms']:>8}{one['p99_ms']:>8}{one['cpu_ms']:>8}{one['statements'] or '':>5}{one['statements_most'] or '':>6}"
        for one in result["scenes"]
    ]
    memory = result["memory_mb"]
    tail = f"memory of a worker: linli {memory['linli']} MB, bare {memory['bare']} MB; first page after {result['first_page_s']} s; cold process {result['cold_start_s']} s"
    return "\n".join([head, *lines, tail] + ([told(result["scoring"])] if result.get("scoring") else []))


main()
