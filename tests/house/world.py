"""A case of community A with unmistakable words in every field, and people elsewhere who must never meet one of
them."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.base import policies
from linli.base.actor import system
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.prepared import fetchone
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.people.accounts.middleware import CASES_KEY
from linli.people.accounts.models import Account, Post
from linli.people.accounts.queries import actor_of
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import forget as forget_directory
from linli.procedures.models import Proceeding
from tests.cast import GRID, HERE, MONDAY, POINT_HERE, POINT_THERE, THERE, Cast, sign_in
from tests.insight.hotspots import stories as hotspots
from tests.insight.openness import stories as openness
from tests.matters.prevention import stories as prevention
from tests.people.residents import stories as residents

# What may be typed into a search, and what may then never come back.
WANTED = "银杏金丝"
TEXT = f"{WANTED}雀落在窗台不走,请派人来看看"
PHONE = "13912348765"
CANARIES = {
    "text": "雀落在窗台",
    "name": "欧阳金鸾",
    "phone": PHONE,
    "masked phone": "139****8765",
    "place": "玄武楼暗格",
    "note": "内部便笺青鸾",
    "visit": "走访所见朱雀",
    "resident": "欧阳青葙",
    "resident's phone": "13911223344",
    "resident's masked phone": "139****3344",
}
ABROAD = "110106010"
STATE = """
SELECT p, c.text, c.category, c.resolved, c.cluster_id,
       (SELECT count(*) FROM commands_readrow r WHERE r.subject_id = %s)
FROM procedures_proceeding p JOIN cases_case c ON c.proceeding_id = p.id WHERE p.id = %s
"""
RESIDENT = """
SELECT p, (SELECT count(*) FROM residents_personfact f WHERE f.person_id = p.id), (SELECT count(*) FROM residents_person),
       (SELECT count(*) FROM residents_residence WHERE ends IS NULL), (SELECT count(*) FROM residents_careneed WHERE ends IS NULL),
       (SELECT count(*) FROM commands_readrow r WHERE r.subject_id = %s)
FROM residents_person p WHERE p.id = %s
"""
NEXT_DOOR = "every right, community B"


@dataclass
class World:
    """`values`: what could stand in addresses about the case; `clients`: everybody who must not see it, with their
    rights."""

    cast: Cast
    case: Proceeding
    values: dict[str, Any]
    clients: dict[str, Client]
    rights: dict[str, frozenset[str]]

    def state(self) -> tuple[Any, ...]:
        """Everything about the case that an act of somebody else could change."""
        enter(system("house"))
        person = str(self.values["person"]), self.values["person"]
        return *(fetchone(STATE, (str(self.case.pk), self.case.pk)) or ()), *(fetchone(RESIDENT, person) or ())

    def leaks(self, text: str) -> list[str]:
        """Names of the canaries that stand in an answer."""
        return [name for name, words in CANARIES.items() if words in text]


def photo() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "PNG")
    return SimpleUploadedFile("photo.png", content.getvalue(), content_type="image/png")


def everything_role() -> str:
    """A role with every right there is: who holds it is stopped by scope alone."""
    data = registry.shipped()["roles"]
    rights = sorted({right for role in data["roles"] for right in role["rights"]})
    extra = {"code": "everything", "name": "全部权限", "home": "web:home", "rights": rights}
    actor = system("house")
    draft = publishing.draft(actor, code="roles", data={**data, "roles": [*data["roles"], extra]}, basis="test")
    publishing.publish(actor, draft)
    policies.forget()
    return "everything"


def post(role: str, organisation: Organisation, region: str) -> Post:
    account = Account.objects.create(login=f"{role}{organisation.pk}", name="别处的人", created_at=MONDAY)
    return Post.objects.create(
        account=account, role=role, organisation=organisation, region_code=region, starts=date(2020, 1, 1)
    )


def client_of(one: Post) -> Client:
    client = Client()
    sign_in(client, one)
    return client


def make(cast: Cast) -> World:
    stored = receive(cast.secretary, photo())
    filed = commands.file(
        cast.secretary, text=TEXT, channel="counter", name=CANARIES["name"], phone=PHONE, place_text=CANARIES["place"],
        longitude=POINT_HERE[0], latitude=POINT_HERE[1], files=[stored.pk],
    )  # fmt: skip
    number = filed["id"]
    here = cast.organisations["here"]
    case = Proceeding.objects.get(pk=number)
    if case.step == "filed":
        commands.dispatch(cast.dispatcher, number, to=here.pk, note=CANARIES["note"])
    elif case.holder_id != here.pk:
        commands.redirect(cast.dispatcher, number, to=here.pk, note=CANARIES["note"])
    else:
        commands.remind(cast.dispatcher, number, note=CANARIES["note"])
    commands.accept(cast.secretary, number)
    commands.visit(cast.secretary, number, note=CANARIES["visit"])
    other = commands.file(
        cast.neighbour, text="门口路灯坏了好几天", channel="counter", phone="13700001111",
        longitude=POINT_THERE[0], latitude=POINT_THERE[1],
    )  # fmt: skip
    enter(system("house"))
    case = Proceeding.objects.get(pk=number)
    role = everything_role()
    abroad = Organisation.objects.create(name="别的街道派单台", kind=Organisation.Kind.DESK, region_code=ABROAD)
    forget_directory()
    found = hotspots.spot(hotspots.searched())
    task = prevention.planned(cast)
    telling = openness.example(number, state="written", title=CANARIES["note"])
    openness.told(cast)
    lives = residents.someone(
        cast, name=CANARIES["resident"], phone=CANARIES["resident's phone"], household=residents.everything_once(cast).household_id,
        home=residents.door(cast, "101", unit="1"),
    )  # fmt: skip
    need = residents.cared(cast, lives, on=date(2025, 1, 1))
    reached = residents.commands.add_contact(
        cast.grid_worker, lives, kind="relative", name=CANARIES["resident"], phone=CANARIES["resident's phone"],
        given=residents.BY_VISIT,
    )  # fmt: skip
    twice = residents.someone(
        cast,
        name=CANARIES["resident"],
        phone=CANARIES["resident's phone"],
        home=residents.door(cast, "301", unit="1"),
        anyway=True,
    )
    enter(system("house"))
    resident = Client()
    session = resident.session
    session[CASES_KEY] = [other["id"]]
    session.save()
    resident.cookies["linli"] = session.session_key
    posts = {
        NEXT_DOOR: post(role, cast.organisations["there"], THERE),
        "every right, another street": post(role, abroad, ABROAD),
        "every right, no region": post(role, cast.organisations["social"], ""),
        "neighbour's grid worker": cast.posts["neighbour_grid_worker"],
        "system administrator": cast.posts["sysadmin"],
        "no right": cast.posts["volunteer"],
    }
    clients = {"nobody": Client(), "resident of another case": resident}
    clients |= {name: client_of(one) for name, one in posts.items()}
    rights = {name: actor_of(one).rights for name, one in posts.items()}
    rights |= dict.fromkeys(("nobody", "resident of another case"), frozenset())
    picture = StoredFile.objects.get(pk=stored.pk)
    values = _values(cast, case, picture) | {"hotspot": found.pk, "hotspot_run": found.run_id, "task": task.number}
    values |= {"example": telling.pk, "region": HERE[:9]}
    values |= {
        "person": lives.pk, "need": need.pk, "contact": reached.pk, "first": lives.pk, "second": twice.pk, "dwelling": lives.dwelling_id,
        "household": lives.household_id,
    }  # fmt: skip
    return World(cast, case, values, clients, rights)


def _values(cast: Cast, case: Proceeding, picture: StoredFile) -> dict[str, Any]:
    return {
        "number": case.number,
        "token": "0" * 24,
        "act": "answer",
        "what": "compounds",
        "form": "csv",
        "register": "hang-ups",
        "code": GRID,
        "pk": case.pk,
        "token_id": 1,
        "import_id": 1,
        "batch": 1,
        "year": 2026,
        "month": 3,
        "file": picture.pk,
        "organisation": cast.organisations["here"].pk,
        "account": cast.posts["secretary"].account_id,
        "post": cast.posts["secretary"].pk,
        "compound": cast.compound.pk if cast.compound else 0,
        "building": cast.building.pk if cast.building else 0,
        "site": 1,
        "thing": 1,
        "photo": 1,
        "construction": 1,
        "layer": "buildings",
        "exception": 1,
        "kind": "building",
        "key": 1,
    }


# Where `pk` is not that of a case.
BY_SPACE = {
    "organisations": "organisation",
    "party": "organisation",
    "accounts": "account",
    "files": "file",
    "addresses": "compound",
    "residents": "person",
}


def address(route: Any, values: dict[str, Any]) -> str:
    """The address of a route about the case, or about what belongs to it."""
    space = route.name.split(":")[0]
    mine = dict(values)
    if space in BY_SPACE:
        mine["pk"] = values[BY_SPACE[space]]
    if route.name in ("accounts:end_post",):
        mine["pk"] = values["post"]
    if route.name in ("addresses:edit_building", "addresses:close_building"):
        mine["pk"] = values["building"]
    if route.name == "maps:item":
        mine["pk"] = values["building"]
    if route.name == "prevention:task":
        mine["number"] = values["task"]
    if space == "policies":
        mine |= {"code": "settlement", "number": 1}
    if space == "calendar":
        mine["number"] = 2
    if route.name == "procedures:procedure":
        mine["code"] = "case"
    return str(route.address(mine))


@pytest.fixture
def world(cast: Cast, settings: Any) -> World:
    settings.DEMO = False
    return make(cast)


FORM = "application/x-www-form-urlencoded"
QUERY = {"q": WANTED, "region": GRID, "within": HERE, "place": HERE, "tab": "open", "phone": PHONE}


def form(world: World) -> str:
    """A POST (of type FORM) that would fit many forms at once, all of it about the case of community A."""
    case = world.case
    there = world.cast.organisations["there"].pk
    compound = world.cast.compound.pk if world.cast.compound else ""
    values = {
        "note": "x", "text": "x", "reason": "x", "clause": "x", "place": "x", "basis": "x", "_nonce": "house",
        "case": case.pk, "cases": [case.pk], "ids": [case.pk], "number": case.number, "numbers": case.number,
        "with_case": case.number, "code": "AAAA-BBBB", "seen": case.entry_count, "act": "dispatch", "q": WANTED,
        "purpose": "contact", "phone": PHONE, "to": there, "organisation": there, "post": world.values["post"],
        "reached": "1", "resolved": "1", "satisfaction": "satisfied", "ground": "not_ours", "amount": 1,
        "category": "noise", "compound": compound, "lon": POINT_HERE[0], "lat": POINT_HERE[1],
        "longitude": POINT_HERE[0], "latitude": POINT_HERE[1],
    }  # fmt: skip
    return urlencode(values, doseq=True)
