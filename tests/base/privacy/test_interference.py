"""What happens elsewhere changes nothing that somebody sees: lists, searches, counts, charts, maps, autocompletes, exports, the API.

The oracle knows nothing of any page. It asks every address that needs no key of a record, found by walking the patterns of the site, as
people with every right and as people of random roles, in places down to one grid; then rows of every kind are added outside of their
places; then it asks again. Every byte must be the same, but for the pages named here with the reason. The other half: rows added inside
must be seen, so a page that does not change then and is not named as one that shows no rows fails. A new page is in this test by itself.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.base import clockwork, policies
from linli.base.actor import system
from linli.base.commands.models import OutboxRow
from linli.base.scope import enter
from linli.doors.api import commands as keys
from linli.insight.maps.layers import LAYERS
from linli.matters.cases.views.registers import REGISTERS
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import forget as forget_directory
from linli.places.addresses.models import Building, Compound, Dwelling
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, MONDAY, POINT_HERE, STREET, THERE, Cast
from tests.house.routes import Route, routes
from tests.house.test_lists import grow
from tests.house.test_neighbour import undone
from tests.house.world import everything_role, post

ABROAD = "110106010"
# The nearest place of all, another grid of the same community, is where a missing wall shows first; the others are drawn by lot.
ELSEWHERE = (GRID_2, THERE, GRID_THERE, ABROAD, f"{HERE}9", "")
WORLDS = int(os.environ.get("LINLI_SCOPES", "150")) // 150
# Values of parameters that name no record: every value is asked.
VALUES: dict[str, list[str]] = {
    "form": ["csv", "xlsx", "docx"],
    "layer": sorted(LAYERS),
    "register": sorted(REGISTERS),
    "what": ["place", "category", "about"],
}
LON, LAT = map(str, POINT_HERE)
# What is asked beside the bare address: words that the new rows hold, and filters.
QUERIES = (
    {"tab": "open", "purpose": "check"},
    {"q": "楼"},
    {"q": "林甲", "lon": LON, "lat": LAT, "region": HERE, "purpose": "visit", "tab": "open"},
)
SEARCHED = re.compile("search|find|_json|options|api-v1|export|behind|:list$|:worklist$")
# Units and posts are the directory of everybody at work: choosing among them is not seeing a register.
DIRECTORY = re.compile(r"<option[^>]*>[^<]*(?:某|单位|新支部|联席|攻坚)\d+[^<]*</option>|<optgroup[^>]*>\s*</optgroup>")
# Figures of the desk that count what OPEN names: acts of the deployment, accounts, events.
MACHINE = re.compile(
    r"<dt>(?:今天的办理|今天查看个人信息|未绑定动态口令|没有岗位的账号|没送到的事件)</dt>.*?</dd>", re.DOTALL
)
TYPED = {
    "residents:find": [{"text": "林甲"}, {"text": "19900001111"}],
    "ui:options": [],
}
# Deployment-wide on purpose: why somebody elsewhere may notice that something was added.
OPEN = {
    "accounts": "accounts and posts of the deployment: staff, no residents; guarded by a right of the administrator",
    "hotline": "messages between the deployment and a hotline have no place; guarded by a right of the administrator",
    "hotline_inbox": "the same, coming in",
    "policies": "policies hold for everybody",
    "calendar": "the calendar holds for everybody",
    "web:system": "the state of the machine: numbers of waiting events and jobs, no rows",
    "web:audit": "the audit of a deployment is one: who did what to which number, nothing personal",
    "web:audit_export": "the same",
    "procedures:chains": "whether records still hold: numbers only",
    "procedures:list": "how many of each procedure are running in the deployment",
    "portal:open": "figures that are published for everybody",
    "portal:open_sheet": "the same",
    "portal:open_hang_ups": "published for everybody",
    "portal:open_hang_ups_sheet": "the same",
    "portal:open_examples": "published for everybody",
    "regions": "the division of places is public knowledge",
    "organisations:tree": "units, party organisations among them, and their public numbers are a directory for everybody at work",
    "organisations:export": "the same",
    "party:list": "the same; members' cards are not on it",
    "party:export": "the same",
    "party:changes": "how party organisations came to be, with the letters that decided it",
    "party:export_changes": "the same",
    "party:figures": "how many organisations of each kind there are",
    "sites:public": "sites of service, with their hours, are told to everybody",
    "sites:sites": "the same sites",
    "sites:export_sites": "the same",
    "sites:circle": "how far buildings lie from those sites: no dwelling, no person",
    "sites:circle_gaps": "the same",
    "hotspots:list": "the number of the latest search for hot spots, which is one for the deployment; none of its spots",
}


def test_the_reasons_name_pages_that_are_there() -> None:
    names = {route.name for route in routes()}
    spaces = {name.split(":")[0] for name in names}
    assert set(OPEN) <= names | spaces
    assert set(STILL) <= names | spaces


# Pages without rows of the register or of work: forms to add something, words, settings, one's own account, and what starts empty.
FORM, WORDS, NONE_MADE = "a form", "words and settings", "no row of this kind is made here: tests of its room"
STILL: dict[str, str] = {
    **dict.fromkeys(
        (
            "accounts:create", "cases:dispatch_many", "cases:take", "meetings:new", "openness:write", "organisations:import",
            "organisations:import_apply", "organisations:import_template", "regions:import", "regions:import_template",
            "residents:register", "scores:new", "scores:new_rule", "scores:try", "taskforces:new", "hotline", "hotline_inbox",
            "portal", "ui", "web:account", "web:change_password", "web:renew_recovery_codes", "web:switch_post", "privacy:copied",
            "privacy:rotate",
        ),
        FORM,
    ),
    **dict.fromkeys(
        ("api:openapi", "api:api-v1:api-root", "calendar", "privacy:fields", "privacy:fields_export", "privacy:keys",
         "privacy:progress", "procedures:list", "scores:rules", "scores:year", "cases:options", "cases:hints"), WORDS,
    ),
    **dict.fromkeys(
        ("answering:calls", "cases:exemptions", "cases:hang_ups", "cases:parts", "cases:precedents", "cases:register_export", "meetings", "openness",
         "organisations:doubles", "organisations:services_export", "privacy", "residents:doubles", "scores", "taskforces", "sites:circle_dwellings",
         "sites:export_circle_dwellings"), NONE_MADE,
    ),
    "boards:behind": "asks for the figure whose records are wanted; tests/house and tests/insight/boards ask for each",
    "boards:behind_export": "the same",
    "api:api-v1:figures": "asks for month and unit",
    "api:api-v1:locate": "asks where a point lies: the division of places",
    "regions:locate_json": "the same",
    "regions:map": "the division of places; new grids lie outside of what it shows",
    "regions:map_json": "the same",
    "addresses:dwelling_options": "asks for a building",
    "cases:search": "asks for a telephone number by POST; tests/matters/cases",
}  # fmt: skip


def asked() -> Iterator[tuple[Route, dict[str, str]]]:
    """Every route whose address needs no record, with each combination of its values."""
    for route in routes():
        if route.name.startswith(("web:sign", "web:demo")) or not set(route.parameters) <= set(VALUES):
            continue
        chosen: list[dict[str, str]] = [{}]
        for name in route.parameters:
            chosen = [one | {name: value} for one in chosen for value in VALUES[name]]
        for values in chosen:
            yield route, values


def reason(route: Route, names: dict[str, str]) -> str:
    return names.get(route.name, names.get(route.name.split(":")[0], ""))


def answers(client: Client, machine: Client | None, *, plain: bool = False) -> dict[tuple[str, str], str]:
    """(route, what was asked) -> everything that came back, without what is new in each answer."""
    found = {}
    for route, values in asked():
        one = machine if route.name.startswith("api:api-v1") else client
        if one is None:
            continue
        try:
            path = route.address(values)
        except Exception:  # a value that this route does not take
            continue
        for query in ({}, *(QUERIES if SEARCHED.search(route.name) and not plain else ())):
            cache.clear()
            with undone():
                found[route.name, f"{path} {sorted(query)}"] = told(one.get(path, query))
        for sent in TYPED.get(route.name, []):
            with undone():
                found[route.name, f"{path} {sent}"] = told(one.post(path, sent))
    return found


def told(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in sorted(packed.namelist()) if "docProps" not in name)
    text = f"{answer.status_code} {answer.get('Location', '')} {content.decode('utf-8', 'replace')}"
    text = re.sub(r'(name="(?:_nonce|csrfmiddlewaretoken)" value=")[^"]*', r"\1", text)
    text = re.sub(r"(导出编号|编号) ?#?\d+|#\d+(?=\"|,|<|\r|\n| ·)", "#", text)
    text = DIRECTORY.sub("", text)
    text = MACHINE.sub("", text)
    return re.sub(r'nonce-[\w-]+|"X-CSRFToken": ?"[^"]*"|csrf-token" content="[^"]*"', "", text)


def more(cast: Cast, first: int, count: int, own: Post) -> None:
    """Rows of every kind, as the lists of the house have them, and homes beside them: all in one grid, a community, a street."""
    grow(cast, first, count, own.pk)
    enter(system("test"))
    for number in range(first, first + count):
        compound = Compound.objects.create(
            name=f"楼外里{number}",
            search_name=f"楼外里{number}",
            region_code=GRID,
            longitude=float(LON),
            latitude=float(LAT),
        )
        building = Building.objects.create(
            compound=compound,
            name=f"{number}号楼",
            key=str(number),
            region_code=GRID,
            longitude=float(LON),
            latitude=float(LAT),
        )
        Dwelling.objects.create(building=building, unit_name="1", room_name="101", floor=1, region_code=GRID)


def somebody(cast: Cast, role: str, region: str) -> tuple[Client, Client | None, Post]:
    """Of a unit of their own, so that what they see they see by place alone."""
    unit = Organisation.objects.create(
        name=f"别的单位{region}{role}", kind="partner_unit", region_code=region or STREET
    )
    forget_directory()
    one = post(role, unit, region)
    client = cast.client()
    from tests.house.world import client_of

    client = client_of(one)
    client.raise_request_exception = False
    actor, machine = actor_of(one), None
    if actor.may("api.tokens"):
        machine = Client(headers={"Authorization": f"Bearer {keys.create_token(actor, name='x')}"})
        enter(system("test"))
    return client, machine, one


@pytest.fixture
def later() -> Iterator[None]:
    with clockwork.frozen(MONDAY):
        yield


def changed(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """What is different, with the first difference."""
    return {key: _first(before[key], after[key]) for key in before if before[key] != after[key]}


def _first(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(0, at - 60) : at + 60]!r} -> {other[max(0, at - 60) : at + 60]!r}"


def test_what_is_added_elsewhere_changes_nothing(cast: Cast, later: None) -> None:
    random = Random("interference")
    every = everything_role()
    names = [one["code"] for one in policies.load("roles").data["roles"]]
    people = [(every, GRID_2), *((every, random.choice(ELSEWHERE)) for _number in range(WORLDS - 1))]
    people += [(random.choice(names), random.choice(ELSEWHERE)) for _number in range(WORLDS + 2)]
    people = list(dict.fromkeys(people))
    clients = {one: somebody(cast, *one) for one in people}
    own = next(post for _client, _machine, post in clients.values())
    grow(cast, 0, 1, own.pk)  # what is there once, such as a first board, is there before
    OutboxRow.objects.filter(attempts=10).update(attempts=0)
    before = {one: answers(client, machine, plain=one[0] != every) for one, (client, machine, _post) in clients.items()}
    grow(cast, 1, random.randint(2, 4), cast.posts["secretary"].pk)
    # Events that were not delivered are the machine's: whoever runs it has them on the desk.
    OutboxRow.objects.filter(attempts=10).update(attempts=0)
    wrong = []
    for one, (client, machine, _post) in clients.items():
        after = answers(client, machine, plain=one[0] != every)
        for (name, asked_for), difference in changed(before[one], after).items():
            if not reason(next(r for r in routes() if r.name == name), OPEN):
                wrong.append(f"{one} {name} {asked_for}: {difference}")
    assert "\n".join(sorted(wrong)) == ""
    assert sum(map(len, before.values())) > 400


def test_what_is_added_inside_is_seen_on_every_page_that_shows_rows(cast: Cast, later: None) -> None:
    client, machine, own = somebody(cast, everything_role(), STREET)
    before = answers(client, machine)
    more(cast, 0, 3, own)
    seen = {name for name, _asked in changed(before, answers(client, machine))}
    assert {"cases:export", "cases:worklist", "maps:layer", "web:search", "residents:find", "api:api-v1:cases"} <= seen
    still = {route.name for route, _values in asked()} - seen
    unsaid = sorted(name for name in still if not STILL.get(name) and not STILL.get(name.split(":")[0]))
    assert ", ".join(unsaid) == "", (
        "say in STILL why it shows no rows, or let it show those of tests/house/test_lists.py"
    )
    assert json.dumps(sorted(seen)).count("export") > 15
