"""The register of residents: how long a sheet of people takes, and how fast they are found, shown and opened among many.

python -m bench.residents                        300,000 people, then a sheet of 100,000 with 20 columns
python -m bench.residents --people 30000 --sheet 10000

The sheet is measured against the bare minimum on the same server: COPY of the same rows into a plain table without index, key or seal.
Lookups go through the whole stack in this process, and against the same statement sent by itself. The database is kept in var/ for the next run.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import click
import psycopg

TOGETHER = 20_000
PER_HOME = 3
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = [
    "子涵",
    "一诺",
    "雨桐",
    "浩然",
    "思源",
    "佳宁",
    "海燕",
    "建军",
    "丽娟",
    "晓东",
    "文博",
    "春梅",
    "明辉",
    "静怡",
    "俊杰",
    "红霞",
    "少华",
    "立新",
    "桂兰",
    "秀珍",
    "玉华",
    "淑芬",
    "德福",
    "国栋",
    "凤英",
    "永年",
]


def people(count: int, homes: list[int], seed: int) -> list[dict[str, Any]]:
    """Invented rows as a sheet brings them; names and numbers are a function of the seed."""
    random = Random(seed)
    return [
        {
            "name": random.choice(SURNAMES) + random.choice(GIVEN), "sex": random.choice("12"), "birth_year": random.randint(1935, 2005),
            "phone": f"199{random.randrange(10**8):08d}", "dwelling": homes[number // PER_HOME % len(homes)],
            "kind": random.choice(("owner", "family", "tenant")), "head": number % PER_HOME == 0,
        }
        for number in range(count)
    ]  # fmt: skip


def dwellings(wanted: int) -> list[int]:
    """So many doors in the buildings of the demo district, written by one statement."""
    from django.db import connection

    from linli.places.addresses.models import Building, Dwelling

    have = Dwelling.objects.count()
    if have < wanted:
        each = -(-wanted // Building.objects.count())
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO addresses_dwelling (building_id, unit_name, floor, room_name, region_code, use, source, verified_by) "
                "SELECT b.id, (n / 100 + 1)::text, n %% 100 / 4 + 1, 'r' || n, COALESCE(NULLIF(b.region_code, ''), c.region_code), 'unknown', 'bench', '' "
                "FROM addresses_building b JOIN addresses_compound c ON c.id = b.compound_id, generate_series(0, %s - 1) AS n ON CONFLICT DO NOTHING",
                [each],
            )
    return list(Dwelling.objects.order_by("id").values_list("pk", flat=True)[:wanted])


def bare_copy(url: str, rows: list[dict[str, Any]]) -> float:
    """Seconds of COPY of the same rows, as twenty plain columns, into a table without index or key."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = ", ".join(f"c{number} text" for number in range(20))
        connection.execute(f"DROP TABLE IF EXISTS bench_bare; CREATE TABLE bench_bare ({names})")
        flat = [[*map(str, row.values()), *[""] * (20 - len(row))] for row in rows]
        begun = time.monotonic()
        with connection.cursor().copy("COPY bench_bare FROM STDIN") as copy:
            for line in flat:
                copy.write_row(line)
        seconds = time.monotonic() - begun
        connection.execute("DROP TABLE bench_bare")
        return seconds


def times(what: Callable[[], Any], count: int = 60) -> float:
    """The median of so many runs, in milliseconds; the first ones only warm up."""
    found = []
    for number in range(count + 5):
        begun = time.perf_counter()
        what()
        if number >= 5:
            found.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(found), 2)


def page_times(ask: Callable[[], Any], count: int) -> dict[str, float]:
    """Median milliseconds of asking for a page, on the clock and of this process's own time, and how many statements it runs."""
    from django.db import connection

    walls, cpus, statements = [], [], 0

    def counted(execute: Any, *given: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*given)

    with connection.execute_wrapper(counted):
        ask()
    for number in range(count + 5):
        begun, cpu = time.perf_counter(), time.process_time()
        ask()
        if number >= 5:
            walls.append((time.perf_counter() - begun) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    return {
        "ms": round(statistics.median(walls), 1),
        "cpu_ms": round(statistics.median(cpus), 1),
        "statements": statements,
    }


def measured(url: str, count: int, sheet: int) -> dict[str, Any]:
    from linli.base.actor import system
    from linli.base.clockwork import now
    from linli.base.scope import scope
    from linli.people.residents import commands
    from linli.people.residents.models import Person

    actor = system("bench")
    with scope(actor):
        homes = dwellings((count + sheet) // PER_HOME)
        have = Person.objects.count()
    for start in range(have, count, TOGETHER):
        rows = people(min(TOGETHER, count - start), homes[start // PER_HOME :], start)
        with scope(actor):
            commands.register_many(actor, rows, source="demo")
        click.echo(f"  {start + len(rows):,} people", err=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    rows = people(sheet, homes[count // PER_HOME :], -1)
    bare = bare_copy(url, rows)
    cpu, begun = time.process_time(), time.monotonic()
    with scope(actor):
        commands.check_many(actor, rows)
        checked = time.monotonic() - begun
        keys = commands.register_many(actor, rows)
    seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
    with scope(actor):
        commands.withdraw_many(actor, ids=keys)
    result: dict[str, Any] = {
        "people": count, "sheet": sheet, "at": f"{now():%F %T}", "copy_bare_s": round(bare, 2), "check_s": round(checked, 2),
        "check_and_register_s": round(seconds, 2), "cpu_here_s": round(cpu, 2), "times_bare": round(seconds / bare, 1),
    }  # fmt: skip
    return result | lookups(actor)


def lookups(actor: Any) -> dict[str, Any]:
    """Finding, showing and opening, through the whole stack and by the bare statement; the page of a case stands beside for comparison."""
    from django.db import connection

    from linli.base.crypto import index_candidates
    from linli.base.scope import scope
    from linli.matters.cases import commands as cases
    from linli.people.accounts.models import Post
    from linli.people.residents import queries
    from linli.people.residents.commands.common import opened
    from linli.people.residents.models import Person

    with scope(actor):
        person = Person.objects.order_by("-id").first()
        assert person is not None
        post = Post.objects.filter(role="community_secretary", region_code=person.region_code[:12]).first()
        assert post is not None
        name, phone = opened(actor, person.name), opened(actor, person.phone)
    client = _signed_in(post)
    found: dict[str, Any] = {}
    with scope(actor):
        wanted = index_candidates(Person, "name_index", name)[0]
        plain = "SELECT id FROM residents_person WHERE name_index = %s AND merged_into_id IS NULL ORDER BY id LIMIT 20"

        def bare() -> None:
            with connection.cursor() as cursor:
                cursor.execute(plain, [wanted])
                cursor.fetchall()

        found["bare_lookup_ms"] = times(bare)
        found["by_name_ms"] = times(lambda: list(queries.by_name(actor, name)[:20]))
        found["by_phone_ms"] = times(lambda: list(queries.by_phone(actor, phone)[:20]))
        address = str(person.dwelling)
        found["by_address_ms"] = times(lambda: list(queries.by_address(actor, address)[:20]))
        case = cases.file(
            actor, text="楼道里的灯坏了", channel="telephone", kind="help", phone=phone, region_code=person.region_code,
            place_text=address,
        )  # fmt: skip
    pages = {
        "case_page": lambda: client.get(f"/cases/{case['number']}/"),
        "register_page": lambda: client.get("/residents/"),
        "person_page": lambda: client.get(f"/residents/{person.pk}/"),
        "visit_list": lambda: client.get("/residents/visits/"),
        "duplicates": lambda: client.get("/residents/doubles/"),
        "find_by_phone": lambda: client.post("/residents/find/", {"text": phone}),
        "find_by_address": lambda: client.post("/residents/find/", {"text": address}),
        "emergency_opening": lambda: client.post(
            f"/residents/{person.pk}/urgent/", {"fields_wanted": ["phone"], "note": "bench run"}
        ),
    }
    for label, ask in pages.items():
        answer = ask()
        assert answer.status_code in (200, 302), (label, answer.status_code)
        found[label] = page_times(ask, 15 if "opening" in label or "find" in label else 40)
    return found


def _signed_in(post: Any) -> Any:
    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import Client

    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY

    with scope(system("bench")):
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(post.account_id), post.account.get_session_auth_hash()
        session[POST_KEY] = post.pk
        session[SEEN_KEY] = session[SINCE_KEY] = int(time.time())
        session.save()
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["linli"] = session.session_key or ""
    return client


@click.command()
@click.option("--people", "count", default=300_000, show_default=True)
@click.option("--sheet", default=100_000, show_default=True)
@click.option("--out", default="var/bench-residents.json", show_default=True)
def main(count: int, sheet: int, out: str) -> None:
    from bench.ground import ground

    os.environ.setdefault("LINLI_DEMO", "1")
    with ground(0, lambda line: click.echo(f"  {line}", err=True)) as found:
        result = measured(found.admin, count, sheet)
    Path(out).parent.mkdir(exist_ok=True)
    Path(out).write_text(json.dumps(result, indent=1))
    click.echo(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
