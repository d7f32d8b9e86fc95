"""A thing reported by the code on it: its state follows the cases, and its history says which."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused, outbox
from linli.base.facts.models import Fact
from linli.base.scope import enter
from linli.doors.portal.labels import code_of
from linli.matters.cases import commands, rules
from linli.matters.cases.models import Case
from linli.places.sites import commands as sites
from linli.places.sites.models import Thing
from tests.cast import Cast
from tests.places.stories import furnished

S = "handling"


@pytest.mark.parametrize(
    ("state", "cases", "then"),
    [
        ("good", [], "good"),
        ("good", [("filed", False, None)], "reported"),
        ("damaged", [("filed", False, None)], "damaged"),
        ("missing", [("dispatched", False, None)], "missing"),
        ("reported", [(S, False, None)], "repair"),
        ("missing", [(S, False, None)], "repair"),
        ("repair", [("answered", False, None)], "repair"),
        ("repair", [("closed", True, True)], "good"),
        ("repair", [("closed", True, False)], "damaged"),
        ("repair", [("closed", True, None)], "damaged"),
        ("reported", [("closed", True, None)], "good"),
        ("damaged", [("closed", True, True)], "damaged"),
        ("repair", [("closed", True, True), ("filed", False, None)], "reported"),
        ("repair", [("closed", True, False), ("closed", True, True)], "good"),
        ("repair", [("closed", True, True), (S, False, None)], "repair"),
    ],
)
def test_a_state_follows_from_the_cases(state: str, cases: list[tuple[str, bool, bool | None]], then: str) -> None:
    assert rules.state_of_thing(state, cases) == then


@pytest.fixture
def thing(cast: Cast) -> Thing:
    furnished(cast)
    return Thing.objects.get()


def report(cast: Cast, thing: Thing) -> Case:
    """Scan, send the form that opens, and let the wires run."""
    client, code = cast.client(), code_of("thing", thing.pk)
    page = client.get(f"/q/{code}/", follow=True).content.decode()
    assert f'value="{code}"' in page and thing.name in page
    sent = {
        "do": "send", "text": "这里坏了一个星期，请来看一下。", "at": code, "longitude": thing.longitude, "latitude": thing.latitude,
        "place_text": thing.name, "contact": "anonymous", "told": [],
    }  # fmt: skip
    assert client.post("/report/", sent).status_code == 302
    enter(system("test"))
    followed()
    return Case.objects.select_related("proceeding").latest("pk")


def followed() -> None:
    while outbox.relay():
        pass
    enter(system("test"))


def test_reported_in_repair_mended(cast: Cast, thing: Thing) -> None:
    case = report(cast, thing)
    assert case.thing_id == thing.pk
    states = [Thing.objects.get().state]
    page = cast.client().get(f"/q/{code_of('thing', thing.pk)}/", follow=True).content.decode()
    assert "已经有人报过" in page
    enter(system("test"))
    if case.proceeding.step == "filed":
        commands.dispatch(cast.dispatcher, case.pk, to=cast.organisations["here"].pk)
    commands.accept(cast.secretary, case.pk)
    followed()
    states.append(Thing.objects.get().state)
    commands.contact(cast.secretary, case.pk, reached=True, note="已看过")
    commands.answer(cast.secretary, case.pk, note="已加固")
    commands.settle(cast.dispatcher, case.pk, resolved=True, satisfaction="satisfied")
    followed()
    states.append(Thing.objects.get().state)
    assert states == ["reported", "repair", "good"]
    said = Fact.objects.filter(kind="thing", key=thing.pk, field="state").order_by("pk")
    assert [(fact.before, fact.after) for fact in said] == [
        ("完好", "有人报修"), ("有人报修", "维修中"), ("维修中", "完好"),
    ]  # fmt: skip
    assert all(case.proceeding.number in fact.reason for fact in said)


def test_the_page_of_a_thing_leads_to_its_cases(cast: Cast, thing: Thing) -> None:
    case = report(cast, thing)
    client = cast.client("secretary")
    assert f"/desk/things/{thing.pk}/" in client.get(f"/sites/things/{thing.pk}/").content.decode()
    shown = client.get(f"/desk/things/{thing.pk}/").content.decode()
    assert case.proceeding.number in shown and "这里坏了" in shown
    assert case.proceeding.number not in cast.client("neighbour").get(f"/desk/things/{thing.pk}/").content.decode()


def test_a_case_about_nothing_changes_nothing_and_no_thing_is_invented(cast: Cast, thing: Thing) -> None:
    assert commands.follow_thing(system("test"), case=10**9) == ""
    with pytest.raises(Refused):
        commands.file(cast.resident(), text="井盖松了", region_code=thing.region_code, thing_id=10**9)
    with pytest.raises(Refused):
        sites.note_state(cast.neighbour, thing, state="good", reason="x")
    with pytest.raises(Refused):
        sites.note_state(cast.secretary, thing, state="good", reason=" ")
    sent = {
        "do": "send",
        "text": "井盖松了，一直响。",
        "at": "t99x",
        "region_code": thing.region_code,
        "contact": "anonymous",
    }
    assert cast.client().post("/report/", sent).status_code == 302
    enter(system("test"))
    assert Case.objects.get().thing_id is None
