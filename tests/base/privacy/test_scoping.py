"""Who sees whom, down to the grid, against an oracle written apart: lists, searches, counts, maps, exports, autocompletes.

The oracle knows nothing of the program: somebody is seen where the code of their grid begins with a prefix of the post.
"""

import json
import os
import re
from collections.abc import Iterable
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.actor import Actor, system
from linli.base.privacy import holdings
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to as visible_cases
from linli.people.residents import queries
from linli.people.residents.commands.many import register_many
from linli.people.residents.models import Person
from linli.places.addresses.models import Dwelling
from linli.procedures.models import Proceeding
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, POINT_HERE, POINT_THERE, STREET, THERE, Cast
from tests.people.residents.stories import door

WORLDS = int(os.environ.get("LINLI_SCOPES", "150"))
GRIDS = (GRID, GRID_2, GRID_THERE)
PREFIXES = ("11", "1101", "110106", STREET, HERE, THERE, *GRIDS, f"{HERE}9", "110107", GRID[:-1])
NAMES, PHONES = ("诸葛青", "司徒蓝", "上官紫"), ("13800138101", "13800138102")
RIGHTS = frozenset(
    {"residents.view", "residents.care", "residents.search", "residents.export", "cases.view", "cases.search"}
)


def oracle(rows: Iterable[tuple[int, str]], prefixes: Iterable[str]) -> set[int]:
    """Keys of the rows, (key, code of the grid) each, that somebody with these prefixes may see."""
    seen = set()
    for key, code in rows:
        for prefix in prefixes:
            if prefix != "" and code[: len(prefix)] == prefix:
                seen.add(key)
    return seen


@pytest.fixture
def world(cast: Cast) -> tuple[Cast, list[tuple[int, str, str, str]]]:
    """Forty people with few names and few numbers, spread over three grids; (key, grid, name, phone) of each."""
    random = Random("scoping")
    homes = [door(cast, f"{number}01", region=grid).pk for grid in GRIDS for number in range(1, 5)]
    rows = [
        {
            "name": random.choice(NAMES),
            "phone": random.choice(PHONES),
            "birth_year": 1950,
            "dwelling": random.choice(homes),
        }
        for _person in range(40)
    ]
    keys = register_many(system("test"), rows)
    grids = dict(Dwelling.objects.values_list("pk", "region_code"))
    told = [(key, grids[row["dwelling"]], row["name"], row["phone"]) for key, row in zip(keys, rows, strict=True)]
    for actor, point in ((cast.secretary, POINT_HERE), (cast.neighbour, POINT_THERE)):
        for number in range(4):
            cases.file(actor, text=f"楼道灯不亮第{number}盏", channel="counter", longitude=point[0], latitude=point[1])
    enter(system("test"))
    return cast, told


def test_queries_and_rows_behind_the_wall_agree_with_the_oracle(
    world: tuple[Cast, list[tuple[int, str, str, str]]],
) -> None:
    _cast, told = world
    where = [(key, grid) for key, grid, _name, _phone in told]
    places = list(Proceeding.objects.filter(kind="case").values_list("pk", "region_code"))

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(prefixes=st.sets(st.sampled_from(PREFIXES), max_size=3))
    def holds(prefixes: set[str]) -> None:
        actor = Actor(kind="person", account_id=1, regions=tuple(sorted(prefixes)), rights=RIGHTS)
        people, work = oracle(where, prefixes), oracle(places, prefixes)
        enter(system("test"))
        # The first wall, with the second one open.
        assert set(queries.living_in(actor).values_list("pk", flat=True)) == people
        assert set(queries.visible_to(actor).values_list("pk", flat=True)) == people
        assert queries.living_in(actor).count() == len(people)
        assert set(visible_cases(actor).values_list("pk", flat=True)) == work
        for name in NAMES:
            assert set(queries.by_name(actor, name).values_list("pk", flat=True)) == {
                key for key, _grid, called, _phone in told if called == name and key in people
            }
        for phone in PHONES:
            assert set(queries.by_phone(actor, phone).values_list("pk", flat=True)) == {
                key for key, _grid, _name, number in told if number == phone and key in people
            }
        # The second wall, with the first one left away.
        with transaction.atomic():
            enter(actor)
            assert set(Person.objects.values_list("pk", flat=True)) == people
            assert set(Case.objects.values_list("pk", flat=True)) == work
            assert Person.objects.count() == len(people)
            sought = {one.id for one in holdings.of("residents.person").told([key for key, _grid in where])}
            assert sought == people, "what the register says of people goes no further than the wall"

    holds()


@pytest.mark.parametrize("prefix", [STREET, HERE, THERE, GRID, GRID_2, GRID_THERE, "110107"])
def test_pages_maps_and_sheets_agree_with_the_oracle(
    world: tuple[Cast, list[tuple[int, str, str, str]]], prefix: str
) -> None:
    cast, told = world
    people = oracle([(key, grid) for key, grid, _name, _phone in told], [prefix])
    places = list(Proceeding.objects.filter(kind="case").values_list("pk", "region_code"))
    numbers = dict(Proceeding.objects.values_list("number", "pk"))
    work = oracle(places, [prefix])
    post = cast.posts["secretary"]
    # Of a unit that has no hand in any case: what is seen is seen by place alone.
    post.region_code, post.organisation = prefix, cast.organisations["partner"]
    post.save()
    client = cast.client("secretary")

    page = client.get("/residents/").content.decode()
    assert {int(key) for key in re.findall(r'href="/residents/(\d+)/"', page)} == people
    for name in NAMES:
        answer = client.post("/residents/find/", {"text": name})
        found = answer["Location"] if answer.status_code == 302 else answer.content.decode()
        assert {int(key) for key in re.findall(r"/residents/(\d+)/", found)} == {
            key for key, _grid, called, _phone in told if called == name and key in people
        }
    sheet = client.get("/residents/export.csv?purpose=visit")
    assert len(sheet.getvalue().decode("utf-8-sig").strip().splitlines()) == len(people) + 2

    listed = client.get("/cases/?tab=open").content.decode()
    assert {numbers[one] for one in re.findall(r"/cases/(\d+-\d+-\d+)/", listed) if one in numbers} == work
    out = client.get("/cases/export.csv?tab=open")
    text = (b"".join(out.streaming_content) if out.streaming else out.content).decode()
    assert {key for number, key in numbers.items() if number in text} == work
    hits = client.get("/search/", {"q": "楼道灯不亮"}).content.decode()
    assert {numbers[one] for one in re.findall(r"/cases/(\d+-\d+-\d+)/", hits) if one in numbers} <= work

    for key, grid, _name, _phone in told[:12]:
        seen = client.get(f"/residents/{key}/").status_code
        assert seen == (200 if key in people else 404), (grid, prefix)
    layers = json.dumps([client.get(f"/map/{layer}.json").content.decode() for layer in ("cases", "care", "buildings")])
    for name in NAMES:
        assert name not in layers


def test_the_oracle_can_disagree() -> None:
    assert oracle([(1, GRID)], [THERE]) == set()
    assert oracle([(1, GRID), (2, GRID_THERE)], [STREET]) == {1, 2}
    assert oracle([(1, GRID)], [""]) == set()
