"""Two sources say different things: the newer, verified one holds, the other stays in the history; and a visit updates a fact everywhere."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.people.residents import commands, queries, rules
from linli.people.residents.commands import Given
from linli.people.residents.models import Person, PersonFact
from linli.people.residents.policy import register_policy
from tests.cast import Cast
from tests.people.residents.stories import cared, someone

PHONE_A, PHONE_B = "13800001111", "13700003333"


def today(ago: int = 0) -> date:
    return queries.today() - timedelta(days=ago)


def fresh(row: Person) -> Person:
    enter(system("test"))
    return Person.objects.get(pk=row.pk)


def last(row: Person) -> PersonFact:
    enter(system("test"))
    return PersonFact.objects.filter(person=row).order_by("-id")[0]


def test_what_a_visit_said_later_holds_against_an_older_sheet(cast: Cast) -> None:
    row = someone(cast, given=Given("sheet", today(200)))
    cared(cast, row)
    commands.record_visit(cast.grid_worker, row, changes={"phone": PHONE_B}, given=Given("visit", today(10)))
    assert str(fresh(row).phone) == "137****3333"
    commands.tell(cast.secretary, row, changes={"phone": "13900009999"}, given=Given("sheet", today(30)))
    held = fresh(row)
    assert (str(held.phone), held.source, held.verified_on) == ("137****3333", "visit", today(10))
    said = last(row)
    assert (said.act, said.fields, said.source, said.as_of) == ("not_taken", ["phone"], "sheet", today(30))
    assert queries.before_of(said) == {"phone": "139****9999"}
    commands.tell(cast.secretary, row, changes={"phone": "13900009999"}, given=Given("sheet", today(1)))
    assert str(fresh(row).phone) == "139****9999", "a newer sheet holds"
    assert last(row).act == "correct"


def test_on_one_day_the_stronger_source_holds_unless_somebody_decides(cast: Cast) -> None:
    row = someone(cast)
    commands.tell(cast.secretary, row, changes={"phone": PHONE_B}, given=Given("sheet", today()))
    assert str(fresh(row).phone) == "138****1111"
    commands.correct(cast.grid_worker, row, changes={"phone": PHONE_B}, given=Given("paper", reason="papers"))
    assert str(fresh(row).phone) == "137****3333"


def test_a_correction_of_what_was_wrong_always_holds_and_a_gap_is_filled(cast: Cast) -> None:
    row = someone(cast, phone="", birth_year=0)
    commands.tell(cast.secretary, row, changes={"phone": PHONE_B, "sex": "1"}, given=Given("sheet", today(90)))
    held = fresh(row)
    assert (str(held.phone), held.sex) == ("137****3333", "2"), "the gap is filled, the newer fact stays"
    commands.correct(cast.grid_worker, row, changes={"sex": "1"}, given=Given("paper", today(300), "mistake"))
    assert fresh(row).sex == "1"
    with pytest.raises(Refused, match="没有改动"):
        commands.tell(cast.secretary, row, changes={"sex": "1"}, given=Given("sheet"))


def test_a_visit_that_found_nothing_different_makes_what_is_held_newer(cast: Cast) -> None:
    row = someone(cast, given=Given("sheet", today(200)))
    need = cared(cast, row, on=today(100))
    commands.record_visit(cast.grid_worker, row, still=[need.pk], given=Given("visit", today(5)))
    commands.tell(cast.secretary, row, changes={"phone": PHONE_B}, given=Given("shared", today(20)))
    assert str(fresh(row).phone) == "138****1111"
    commands.tell(cast.secretary, row, changes={"birth_year": 1950}, given=Given("shared", today(20)))
    assert fresh(row).birth_year == 1948


def test_the_policy_decides(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.people.residents.commands import registering

    by_source = {**register_policy(), "precedence": "source"}
    monkeypatch.setattr(registering, "register_policy", lambda: by_source)
    row = someone(cast, given=Given("visit", today(200)))
    commands.tell(cast.secretary, row, changes={"phone": PHONE_B}, given=Given("sheet", today()))
    assert str(fresh(row).phone) == "138****1111", "a visit is stronger, however old"
    commands.tell(cast.secretary, row, changes={"phone": PHONE_B}, given=Given("visit", today(199)))
    assert str(fresh(row).phone) == "137****3333"
    assert rules.register_problems({**by_source, "precedence": "mood"})


def pages_of(cast: Cast, row: Person) -> dict[str, str]:
    """Everywhere this person stands, as somebody may read it."""
    client = cast.client("secretary")

    def text(address: str, **more: Any) -> str:
        answer = client.get(address, **more)
        assert answer.status_code == 200, address
        return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()

    return {
        "register": text("/residents/"),
        "person": text(f"/residents/{row.pk}/"),
        "door": text(f"/residents/of-dwelling/{row.dwelling_id}/"),
        "household": text(f"/residents/households/{row.household_id}/"),
    }


def test_a_visit_updates_a_fact_everywhere(cast: Cast) -> None:
    from linli.base.privacy import holdings

    row = someone(cast, given=Given("sheet", today(400)))
    need = cared(cast, row, on=today(100))
    assert "超过 365 天没有核实" in pages_of(cast, row)["person"]
    client = cast.client("grid_worker")
    sent = {"source": "visit", f"need_{need.pk}": "over", "phone": PHONE_B, "birth": "1950"}
    assert client.post(f"/residents/{row.pk}/visit/", sent).status_code == 302
    after = pages_of(cast, fresh(row))
    for name in ("register", "person", "door"):
        assert "137****3333" in after[name], name
    assert "1950" in after["household"] and "1950" in after["person"]
    assert "138****1111" not in after["register"] + after["door"]
    for words in ("入户走访", "戈格", "138****1111", "超过 365 天没有核实"):
        assert (words in after["person"]) == (words != "超过 365 天没有核实"), words
    assert "老人" not in after["register"].split('id="list"')[1]
    enter(system("test"))
    told = holdings.of("residents.person")
    assert told is not None
    [thing] = told.told([row.pk])
    assert "137****3333" in [str(item.value) for item in thing.items], "我的信息"
    assert "residents.careneed.group" in [item.field for item in thing.items], "held until a year after it ended"
    assert queries.visit_list(cast.grid_worker) == [], "the map and the list count nobody"


def test_an_older_visit_says_so_on_the_page(cast: Cast) -> None:
    row = someone(cast)
    client = cast.client("grid_worker")
    sent = {"source": "paper", "reason": "said", "phone": PHONE_B, "as_of": today(50).isoformat()}
    answer = client.post(f"/residents/{row.pk}/correct/", sent, follow=True)
    text = answer.content.decode()
    assert "另有较新的说法" in text and "137****3333" in text and "未采用" in text
    assert str(fresh(row).phone) == "138****1111"
