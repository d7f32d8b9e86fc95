"""The map of people's affairs: how big each layer is, how long the server takes, how many statements, how long the browser draws.

python -m bench.map --buildings 5000 --dwellings 50000             payloads and pages, through the whole stack in this process
python -m bench.map --buildings 5000 --dwellings 50000 --draw      also how long a browser needs from the first layer to the picture

Everything lies in one sub-district, so that one leader sees all of it.
"""

import gzip
import json
import statistics
import time
from pathlib import Path
from typing import Any

import click

STREET = "110106009"
RUNS = 7
LAYERS = ("cases", "buildings", "sites", "things", "constructions", "care", "people", "charges")

# Buildings, dwellings, things and people with a review that is due, spread over the grids of the sub-district.
_FILL = """
CREATE TEMP TABLE grid AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, west, south, east, north
  FROM regions_region WHERE code LIKE '{street}%' AND length(code) > 12;
INSERT INTO addresses_compound (name, search_name, region_code, longitude, latitude, kind, other_names, other_search, source, verified_by)
  SELECT '测量' || g.n || '里', '测量' || g.n || '里', g.code, (g.west + g.east) / 2, (g.south + g.north) / 2, 'compound', '', '', 'bench', 'bench'
  FROM grid g;
INSERT INTO addresses_building (compound_id, name, key, region_code, "order", longitude, latitude, source, verified_by)
  SELECT c.id, k || '号楼', k::text, g.code, k % 30000, g.west + (g.east - g.west) * random(), g.south + (g.north - g.south) * random(), 'bench', 'bench'
  FROM generate_series(1, {buildings}) AS k JOIN grid g ON g.n = k % (SELECT count(*) FROM grid)
  JOIN addresses_compound c ON c.region_code = g.code AND c.source = 'bench';
INSERT INTO addresses_dwelling (building_id, unit_name, floor, room_name, region_code, use, source, verified_by)
  SELECT b.id, '1', k, k::text || '01', b.region_code, 'home', 'bench', 'bench'
  FROM addresses_building b, generate_series(1, {each}) AS k WHERE b.source = 'bench';
INSERT INTO sites_thing (name, region_code, address, longitude, latitude, kind, mark, state, keeper, source, verified_by)
  SELECT '井盖' || k, g.code, '', g.west + (g.east - g.west) * random(), g.south + (g.north - g.south) * random(), '井盖', '', 'good', '', 'bench', 'bench'
  FROM generate_series(1, {buildings}) AS k JOIN grid g ON g.n = k % (SELECT count(*) FROM grid);
ANALYZE;
"""


def fill(admin: str, buildings: int, dwellings: int) -> None:
    """Once for each database."""
    import psycopg

    with psycopg.connect(admin, autocommit=True) as connection:
        there = connection.execute("SELECT count(*) FROM addresses_building WHERE source = 'bench'").fetchone()
        if not there or not there[0]:
            connection.execute(_FILL.format(street=STREET, buildings=buildings, each=max(1, dwellings // buildings)))


def measured() -> list[dict[str, Any]]:
    """One line for each layer and page: bytes as they are and packed, the median of the server's time, the least of
    this process's own, statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, found = _leader(), []
    pages = {"page": "/map/", "page, coloured": "/map/?figure=both_full_rate", "list of 50": "/map/?show=buildings"}
    paths = (
        {layer: f"/map/{layer}.json" for layer in LAYERS}
        | pages
        | {"sheet": "/map/export.csv", "address": "/map/find/?q=测量3里3-1-101"}
    )
    for name, path in paths.items():
        client.get(path)
        times, busy = [], []
        for _run in range(RUNS):
            begun, used = time.perf_counter(), time.process_time()
            answer = client.get(path, HTTP_ACCEPT_ENCODING="gzip")
            times.append(1000 * (time.perf_counter() - begun))
            busy.append(1000 * (time.process_time() - used))
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        content = answer.content
        plain = gzip.decompress(content) if answer.get("Content-Encoding") == "gzip" else content
        control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
        found.append(
            {
                "what": name, "bytes": len(plain), "packed": len(content), "ms": round(statistics.median(times), 1),
                "cpu_ms": round(min(busy), 1),
                "statements": sum(1 for query in queries.captured_queries if not query["sql"].startswith(control)),
            }
        )  # fmt: skip
    return found


def _leader() -> Any:
    """A client signed in as the leader of the sub-district."""
    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
    from django.test import Client

    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY
    from linli.people.accounts.models import Account, Post

    client = Client(SERVER_NAME="127.0.0.1")
    with scope(system("bench")):
        post = Post.objects.select_related("account").get(role="leader", region_code=STREET, account__login="lingdao")
        Account.objects.filter(pk=post.account_id).update(totp_secret="", one_time=False)
        session = client.session
        session[SESSION_KEY] = str(post.account_id)
        session[HASH_SESSION_KEY] = post.account.get_session_auth_hash()
        session[POST_KEY] = post.pk
        session[SEEN_KEY] = session[SINCE_KEY] = int(time.time())
        session.save()
        client.cookies["linli"] = session.session_key
    return client


def drawn(url: str, session: str) -> dict[str, float]:
    """Milliseconds in a browser: fetching the layers, unpacking and the first complete picture; at the street, then among its points."""
    import os

    from playwright.sync_api import sync_playwright

    from linli.doors.cli._children import Child
    from linli.doors.cli.run import free_port
    from linli.doors.cli.serve import server_words

    port = free_port(18500)
    server = Child("server", server_words("127.0.0.1", port, workers=1, threads=2))
    server.start(env={**os.environ, "DATABASE_URL": url, "LINLI_ALLOWED_NETWORKS": "127.0.0.0/8"})
    try:
        time.sleep(8)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("LINLI_BROWSER", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.context.add_cookies([{"name": "linli", "value": session, "url": f"http://127.0.0.1:{port}"}])
            page.goto(f"http://127.0.0.1:{port}/map/", wait_until="domcontentloaded")
            page.wait_for_selector("linli-map[data-drawn]", timeout=60_000)
            first = float(page.get_attribute("linli-map", "data-drawn") or 0)
            page.reload(wait_until="domcontentloaded")
            page.wait_for_selector("linli-map[data-drawn]", timeout=60_000)
            again = float(page.get_attribute("linli-map", "data-drawn") or 0)
            page.goto(f"http://127.0.0.1:{port}/map/?at=116.28,39.86", wait_until="domcontentloaded")
            page.wait_for_selector("linli-map[data-drawn]", timeout=60_000)
            near = float(page.get_attribute("linli-map", "data-drawn") or 0)
            browser.close()
        return {"first_ms": first, "again_ms": again, "near_ms": near}
    finally:
        server.stop(seconds=10)


@click.command()
@click.option("--buildings", default=5000, show_default=True)
@click.option("--dwellings", default=50_000, show_default=True)
@click.option("--cases", default=2000, show_default=True, help="stored cases, as the whole benchmark has them")
@click.option("--draw", "draws", is_flag=True, help="also time a browser")
@click.option("--out", default="var/bench-map.json", show_default=True)
def main(buildings: int, dwellings: int, cases: int, draws: bool, out: str) -> None:
    from bench.ground import ground

    with ground(cases, lambda line: click.echo(f"  {line}", err=True)) as found:
        fill(found.admin, buildings, dwellings)
        lines = measured()
        result: dict[str, Any] = {"buildings": buildings, "dwellings": dwellings, "answers": lines}
        if draws:
            result["browser"] = drawn(found.web, _leader().cookies["linli"].value)
    Path(out).parent.mkdir(exist_ok=True)
    Path(out).write_text(json.dumps(result, indent=1, ensure_ascii=False))
    click.echo(f"{'':<16}{'bytes':>10}{'packed':>10}{'ms':>8}{'cpu ms':>8}{'SQL':>5}")
    for line in lines:
        click.echo(
            f"{line['what']:<16}{line['bytes']:>10,}{line['packed']:>10,}{line['ms']:>8}{line['cpu_ms']:>8}{line['statements']:>5}"
        )
    if draws:
        click.echo(json.dumps(result["browser"]))


if __name__ == "__main__":
    main()
