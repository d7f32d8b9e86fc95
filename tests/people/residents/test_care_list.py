"""A list of one group of care: for a purpose, on the strength of open work, and nobody is on it without being told."""

from datetime import date

import pytest
from django.test import Client

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.privacy.reading import who_looked
from linli.base.scope import enter
from linli.base.throttle import TooMany
from linli.people.residents import commands
from linli.people.residents.commands import Given
from tests.cast import GRID, GRID_2, Cast
from tests.matters.cases.stories import handling
from tests.people.residents.stories import cared, door, someone

LONG_AGO = date(2025, 1, 1)
ASKED = {"group": "ill", "purpose": "due", "work": "review"}


def test_everybody_on_the_list_is_told(cast: Cast) -> None:
    ill, old = someone(cast), someone(cast, name="林立秋", phone="", home=door(cast, "302"))
    later = someone(cast, name="林白露", phone="", home=door(cast, "303"))
    cared(cast, ill, "ill", on=LONG_AGO)
    cared(cast, old, on=LONG_AGO)
    cared(cast, later, "ill")  # not due yet: the purpose does not need them
    assert commands.list_care(cast.grid_worker, **ASKED) == [ill.pk]
    enter(system("test"))
    log = ReadRow.objects.get(subject_kind="residents.person")
    assert (log.subject_id, log.fields) == (str(ill.pk), ["residents.careneed.group"])
    assert "安排到期的复核走访" in log.note and "复核到期" in log.note
    [look] = who_looked([("residents.person", ill.pk)])
    assert (look.purpose, look.role, look.sensitive) == ("安排到期的复核走访", "grid_worker", True)
    assert who_looked([("residents.person", old.pk)]) == []
    told = AuditRow.objects.get(command="residents.list_care").detail
    assert told == {"purpose": "due", "work": "review", "people": 1}, "the audit does not keep which group"


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("grid_worker", ASKED | {"group": "flu"}),
        ("grid_worker", ASKED | {"purpose": "curious"}),
        ("grid_worker", ASKED | {"work": "11010600-2026-000001"}),  # not in hand
        ("grid_worker", ASKED | {"purpose": "notice"}),  # a review is no reason for it
        ("grid_worker_2", ASKED),  # nothing is due there
        ("dispatcher", ASKED),
        ("sysadmin", ASKED),
        ("neighbour", ASKED),
    ],
)
def test_without_work_and_purpose_there_is_no_list(cast: Cast, who: str, asked: dict[str, str]) -> None:
    cared(cast, someone(cast), "ill", on=LONG_AGO)
    with pytest.raises(Refused):
        commands.list_care(getattr(cast, who), **asked)
    enter(system("test"))
    assert not ReadRow.objects.filter(subject_kind="residents.person").exists()


def test_a_case_in_hand_is_a_reason_to_give_notice(cast: Cast) -> None:
    row = someone(cast)
    cared(cast, row, "ill")
    case = handling(cast, by="grid_worker", phone="13900009999", text="明天八点到十二点停水，管道抢修。")
    asked = {"group": "ill", "purpose": "notice", "work": case.number}
    assert commands.list_care(cast.grid_worker, **asked) == [row.pk]
    with pytest.raises(Refused, match="没有在办的事"):
        commands.list_care(cast.secretary, **asked)
    assert commands.list_care(cast.grid_worker, **asked, place=GRID_2) == []


def test_a_list_that_is_too_long_is_narrowed_and_lists_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.people.residents.commands import reading
    from linli.people.residents.policy import Care, care

    for room in ("301", "302"):
        cared(cast, someone(cast, name="林立秋", phone="", home=door(cast, room), anyway=True), "ill", on=LONG_AGO)
    now = care()
    monkeypatch.setattr(reading, "care", lambda: Care(now.id, {**now.data, "list_most": 1, "lists_per_hour": 3}))
    with pytest.raises(Refused, match="请选一个网格"):
        commands.list_care(cast.secretary, **ASKED)
    assert commands.list_care(cast.secretary, **ASKED, place=GRID_2) == []
    monkeypatch.setattr(reading, "care", lambda: Care(now.id, {**now.data, "lists_per_hour": 1}))
    with pytest.raises(TooMany):
        commands.list_care(cast.secretary, **ASKED, place=GRID)


def asked_for(client: Client, **more: str) -> str:
    answer = client.post("/residents/care-list/", ASKED | more)
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def test_the_page_asks_first_and_then_shows_it_masked(cast: Cast) -> None:
    client = cast.client("grid_worker")
    assert "现在没有可以列名单的事" in client.get("/residents/care-list/").content.decode()
    first = someone(cast)
    cared(cast, first, "ill", on=LONG_AGO)
    text = client.get("/residents/care-list/").content.decode()
    assert "身体不便" in text and "安排到期的复核走访" in text and "停水停电" not in text
    text = asked_for(client)
    assert "身体不便 1 人" in text and "林**" in text and "已逐人记入查看记录" in text
    assert "林小满" not in text and "13800001111" not in text
    assert client.post("/residents/care-list/", ASKED | {"group": "flu"}).status_code == 422
    for who in ("sysadmin", "clerk", "leader", "auditor"):
        assert cast.client(who).get("/residents/care-list/").status_code == 404, who


def test_a_record_behind_another_is_listed_once_under_the_one_that_is_shown(cast: Cast) -> None:
    first, second = someone(cast), someone(cast, home=door(cast, "302"), anyway=True)
    cared(cast, second, "ill", on=LONG_AGO)
    commands.merge(cast.secretary, first, other=second.pk, given=Given("visit", reason="same"))
    assert commands.list_care(cast.grid_worker, **ASKED) == [first.pk]
