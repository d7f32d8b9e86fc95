"""The keys of sealed values: how long a change of keys takes while somebody reads, and what an own key for everybody costs.

python -m bench.keys                    300,000 people
python -m bench.keys --people 30000

Against the bare minimum on the same server: an UPDATE that writes new bytes of the same length into the same columns. During the change a
second process reads random people again and again; a mask that cannot be made (`****`) counts as unreadable.
"""

import json
import multiprocessing
import os
import statistics
import time
from pathlib import Path
from random import Random
from typing import Any

import click
import psycopg

from bench.residents import TOGETHER, dwellings, people

PAGE = 50


def reader(stop: Any, told: Any, keys: list[int], url: str) -> None:
    """Read pages of people until told to stop; reports pages, unreadable masks, and the times. A process of its own."""
    import django

    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    django.setup()

    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.people.residents.models import Person

    random, pages, unreadable, took = Random(1), 0, 0, []
    while not stop.is_set():
        begun = time.perf_counter()
        with scope(system("bench")):
            rows = list(Person.objects.filter(pk__in=random.sample(keys, PAGE)).only("pk", "name", "phone"))
            shown = [(str(row.name), str(row.phone)) for row in rows]
        took.append(time.perf_counter() - begun)
        pages += 1
        unreadable += sum(name == "****" or phone == "****" for name, phone in shown)
    told.put((pages, unreadable, statistics.median(took) * 1000, max(took) * 1000))


def fill(count: int) -> list[int]:
    """So many invented people, once; returns their keys."""
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.doors.demo import people as staff
    from linli.doors.demo import places
    from linli.people.residents.commands import register_many
    from linli.people.residents.models import Person

    actor = system("bench")
    with scope(actor):
        if not Person.objects.exists():
            places.load(actor)
            staff.people(actor)
    with scope(actor):
        homes = dwellings(count // 3 + 1)
        have = Person.objects.count()
    for start in range(have, count, TOGETHER):
        with scope(actor):
            register_many(actor, people(min(TOGETHER, count - start), homes, start))
        click.echo(f"  {start + TOGETHER} people", err=True)
    with scope(actor):
        return list(Person.objects.order_by("pk").values_list("pk", flat=True))


def bare(url: str) -> float:
    """Seconds of writing as many bytes into the same four columns of the same rows, without reading or sealing anything."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_person")
        connection.execute(
            "CREATE TABLE bare_person AS SELECT id, name, name_index, phone, phone_index FROM residents_person"
        )
        connection.execute("CREATE INDEX ON bare_person (name_index)")
        connection.execute("CREATE INDEX ON bare_person (phone_index)")
        connection.execute("ALTER TABLE bare_person ADD PRIMARY KEY (id)")
        begun = time.perf_counter()
        connection.execute(
            "UPDATE bare_person SET name = name || ''::bytea, phone = phone || ''::bytea,"
            " name_index = sha256(name_index), phone_index = sha256(phone_index)"
        )
        took = time.perf_counter() - begun
        connection.execute("DROP TABLE bare_person")
    return took


@click.command()
@click.option("--people", "count", default=300_000, show_default=True)
@click.option("--out", default="var/bench-keys.json", show_default=True)
def main(count: int, out: str) -> None:
    home = Path(__file__).parent.parent / "var" / f"bench-keys-{count}"
    os.environ["LINLI_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("LINLI_KEYS", None)
    from bench.ground import _run_migrate
    from linli.base.ground import database
    from linli.base.ground import ground as django_ground

    with database() as addresses:
        _run_migrate()
        with django_ground("web", addresses):
            result = measure(addresses.admin, addresses.web, count)
    Path(out).write_text(json.dumps(result, indent=1))
    click.echo(json.dumps(result, indent=1))


def measure(admin: str, web: str, count: int) -> dict[str, Any]:
    """Everything on a filled database; see the names of the keys."""
    from linli.base.actor import system
    from linli.base.crypto import keyring, known, shred
    from linli.base.privacy import queries
    from linli.base.privacy.commands import rotate_keys
    from linli.base.privacy.running import rotate
    from linli.base.scope import scope

    # Whom an earlier run has forgotten cannot be read, whatever happens to the keys.
    keys = [key for key in fill(count) if known("residents.person", key)]
    with scope(system("bench")):
        unfinished = queries.rotation()
    if unfinished is not None and unfinished.finished_at is None:
        rotate(unfinished.pk)  # an earlier run was stopped
    plain = bare(admin)
    # Started afresh: a fork would share the connections of this process.
    fresh = multiprocessing.get_context("spawn")
    stop, told = fresh.Event(), fresh.Queue()
    process = fresh.Process(target=reader, args=(stop, told, keys, web))
    process.start()
    begun, worked = time.perf_counter(), time.process_time()
    with scope(system("bench")):
        pk = rotate_keys(system("bench"))
    row = rotate(pk)
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    stop.set()
    pages, unreadable, median, worst = told.get(timeout=60)
    process.join(60)
    gone = [("residents.person", key) for key in Random().sample(keys, min(1000, count // 10))]
    before = time.perf_counter()
    shred(gone)
    shredded = time.perf_counter() - before
    size = keyring.default_path().stat().st_size
    return {
        "people": len(keys),
        "rows_resealed": row.sealed,
        "rotation_s": round(took, 1),
        "rotation_cpu_s": round(worked, 1),
        "rows_per_s": round(row.sealed / took),
        "bare_update_s": round(plain, 1),
        "ratio": round(took / plain, 1),
        "pages_read_meanwhile": pages,
        "unreadable_meanwhile": unreadable,
        "page_of_50_ms": round(median, 1),
        "slowest_page_ms": round(worst, 1),
        "shred_1000_s": round(shredded, 2),
        "ring_bytes_after": size,
    }


if __name__ == "__main__":
    main()
