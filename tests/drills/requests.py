"""Bring a city's real requests in, kill the import half-way by force, run it again: nothing lost, nothing doubled.

    python -m tests.drills.requests boston_311_2011H2.csv.gz

FILE is a sheet with case_enquiry_id, open_dt, case_title, type, longitude, latitude. The city is covered with invented square
grids. The drill works in a home of its own (LINLI_HOME, default var/drill) and prints what it counted.
"""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STREET = "110199001"  # a district code that no real district has
WEST, SOUTH, EAST, NORTH = -71.20, 42.22, -70.98, 42.40
SIDE, INNER = 6, 3
MAP = f"""
name = "311"
source = "boston-311"
zone = "America/New_York"
dates = ["%Y-%m-%d %H:%M:%S"]
default_region = "{STREET}"
[columns]
number = "case_enquiry_id"
text = ["case_title", "type"]
title = "case_title"
filed_at = "open_dt"
longitude = "longitude"
latitude = "latitude"
"""


def squares() -> list[tuple[str, str, list[list[float]]]]:
    """Code, name and ring of every community and grid."""
    found = []
    width, height = (EAST - WEST) / SIDE, (NORTH - SOUTH) / SIDE
    for number in range(SIDE * SIDE):
        west, south = WEST + number % SIDE * width, SOUTH + number // SIDE * height
        code = f"{STREET}{number + 1:03d}"
        found.append((code, f"第{number + 1}片区", _ring(west, south, width, height)))
        for inner in range(INNER * INNER):
            small = west + inner % INNER * width / INNER, south + inner // INNER * height / INNER
            found.append((f"{code}{inner + 1:03d}", f"第{inner + 1}网格", _ring(*small, width / INNER, height / INNER)))
    return found


def _ring(west: float, south: float, width: float, height: float) -> list[list[float]]:
    east, north = west + width, south + height
    return [
        [round(x, 6), round(y, 6)]
        for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south))
    ]


def prepare() -> None:
    """Regions, a desk, communities and departments to route to."""
    from linli.base.actor import system
    from linli.base.ground import ground
    from linli.base.scope import scope

    with ground():
        from linli.people.organisations.models import Organisation
        from linli.places.regions.models import Region

        if Region.objects.exists():
            return
        actor = system("drill")
        above = [("11", "北京市"), ("1101", "市辖区"), ("110199", "演习区"), (STREET, "演习街道")]
        names = [*above, *((code, name) for code, name, _ring_ in squares())]
        rings = {
            STREET: _ring(WEST, SOUTH, EAST - WEST, NORTH - SOUTH),
            **{code: ring for code, _name, ring in squares()},
        }
        with scope(actor):
            # Written past the import: it rightly refuses boundaries that lie outside the country.
            Region.objects.bulk_create(_region(code, name, rings.get(code)) for code, name in names)
            kinds = Organisation.Kind
            for name, kind, subject in [
                ("演习派单台", kinds.DESK, ""), ("演习办事处", kinds.SUB_DISTRICT_OFFICE, ""), ("城市管理科", kinds.DEPARTMENT, "urban_management"),
                ("公用事业科", kinds.DEPARTMENT, "utilities"), ("应急管理科", kinds.DEPARTMENT, "safety"), ("民生保障科", kinds.DEPARTMENT, "social_affairs"),
            ]:  # fmt: skip
                Organisation.objects.create(name=name, kind=kind, subject=subject, region_code=STREET)
            for code, name, _unused in squares():
                if len(code) == 12:
                    Organisation.objects.create(name=f"{name}居委会", kind=kinds.COMMUNITY, region_code=code)


def _region(code: str, name: str, ring: list[list[float]] | None) -> object:
    from datetime import date

    from linli.base.clockwork import now
    from linli.places.regions.models import Region

    row = Region(code=code, name=name, short_name=name, valid_from=date(2000, 1, 1), updated_at=now())
    if ring is not None:
        row.polygon = {"type": "Polygon", "coordinates": [ring]}
        (row.west, row.south), (row.east, row.north) = ring[0], ring[2]
        row.longitude, row.latitude, row.area = (row.west + row.east) / 2, (row.south + row.north) / 2, 1.0
    return row


def counts() -> dict[str, int]:
    """What is stored: cases, different numbers, proceedings without a case, gaps in entries, broken chains of a sample."""
    from linli.base.actor import system
    from linli.base.ground import ground
    from linli.base.scope import scope

    with ground():
        from django.db.models import Count, F

        from linli.matters.cases.models import Case
        from linli.procedures import queries
        from linli.procedures.models import Entry, Proceeding

        with scope(system("drill")):
            gaps = Proceeding.objects.annotate(kept=Count("entries")).exclude(kept=F("entry_count")).count()
            sample = Proceeding.objects.order_by("?")[:500]
            return {
                "cases": Case.objects.count(),
                "numbers": Case.objects.values("foreign_source", "foreign_number").distinct().count(),
                "without_case": Proceeding.objects.filter(case=None).count(),
                "entries": Entry.objects.count(),
                "gaps": gaps,
                "broken_of_500": sum(1 for row in sample if queries.broken_links(row)),
                "placed_in_a_grid": Proceeding.objects.filter(region_code__regex=r"^.{15}$").count(),
            }


def main(source: Path) -> None:
    home = Path(os.environ.setdefault("LINLI_HOME", "var/drill"))
    home.mkdir(parents=True, exist_ok=True)
    (home / "map.toml").write_text(MAP, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "linli", "migrate", "--verbosity", "0"], check=True)
    subprocess.run([sys.executable, "-c", "from tests.drills.requests import prepare; prepare()"], check=True)
    with gzip.open(source, "rt", encoding="utf-8") as text:
        numbers = [row["case_enquiry_id"] for row in csv.DictReader(text)]
    words = [
        sys.executable,
        "-m",
        "linli",
        "intake",
        "sheet",
        str(source),
        "--map",
        str(home / "map.toml"),
        "--errors",
        str(home / "errors.csv"),
    ]
    print(f"{len(numbers)} rows, {len(set(numbers))} different numbers")
    half = _killed_half_way(words, len(numbers))
    print(f"killed by force after {half:.0f} s: {_counts()}")
    begun = time.monotonic()
    subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    print(f"second run {time.monotonic() - begun:.0f} s: {_counts()}")
    begun = time.monotonic()
    subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    final = _counts()
    sheet = home / "errors.csv"
    errors = len(sheet.read_text(encoding="utf-8-sig").splitlines()) - 1 if sheet.exists() else 0
    print(f"third run {time.monotonic() - begun:.0f} s: {final}; rows on the error sheet: {errors}")
    assert final["cases"] == final["numbers"], "a number was stored twice"
    assert final["cases"] + errors == len(numbers), "a row is neither stored nor on the error sheet"
    assert final["gaps"] == final["without_case"] == final["broken_of_500"] == 0
    print("nothing lost, nothing doubled")


def _killed_half_way(words: list[str], rows: int) -> float:
    """Start the import and kill -9 it when half of the rows have been read."""
    begun = time.monotonic()
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    said = b""
    while chunk := process.stderr.read1(4096):  # type: ignore[attr-defined]
        said = (said + chunk)[-400:]
        told = said.decode("utf-8", "ignore").rsplit("读了 ", 1)
        if len(told) == 2 and told[1].split(" ")[0].isdigit() and int(told[1].split(" ")[0]) > rows // 2:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    return time.monotonic() - begun


def _counts() -> dict[str, int]:
    """Counted in a process of its own: this one has no database of its own open."""
    words = [sys.executable, "-c", "import json; from tests.drills.requests import counts; print(json.dumps(counts()))"]
    found: dict[str, int] = json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]
    )
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
