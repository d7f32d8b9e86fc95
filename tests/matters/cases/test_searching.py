"""Search: right for two characters, never out of scope, the same as a plain scan."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.actor import Actor, system
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.base.text import contains
from linli.matters.cases import searching
from linli.matters.cases.models import Case
from linli.procedures import queries as procedures
from tests.cast import Cast
from tests.matters.cases.stories import PHONE, filed, handling

LETTERS = (
    "楼道里的灯坏了三天,晚上老人上下楼看不见。",
    "楼上灯光太亮,晚上睡不着",
    "垃圾桶满了没人清",
    "小区垃圾分类站味道大,里坏了",
    "电梯坏了,ＡＢＣ座三单元",
    "𠮷家小馆油烟扰民😀",
)


def found(actor: Actor, query: str, **options: object) -> set[int]:
    enter(actor)
    return set(searching.by_words(actor, query, **options).ids)  # type: ignore[arg-type]


def scanned(actor: Actor, query: str) -> set[int]:
    """The truth: every case the first wall shows, looked through one by one with the system's eyes."""
    enter(system("scan"))
    rows = procedures.visible_to(actor).filter(kind="case").values_list("pk", "title", "case__text", "case__place_text")
    return {pk for pk, *words in rows if contains(" ".join(words), query)}


@pytest.fixture
def letters(cast: Cast) -> Cast:
    for number, text in enumerate(LETTERS):
        filed(cast, text=text, there=bool(number % 2))
    return cast


@pytest.mark.parametrize(
    "query",
    ["垃圾", "灯坏", "坏了", "里坏", "晚上 楼", "abc", "ａｂｃ座", "三单元", "𠮷家", "睡不着", "晚上老人", "没有的"],
)
def test_search_finds_what_a_plain_scan_finds(letters: Cast, query: str) -> None:
    for who in ("dispatcher", "secretary", "neighbour", "grid_worker", "clerk"):
        actor = getattr(letters, who)
        assert found(actor, query) == scanned(actor, query), who
    assert found(system("test"), query) == scanned(system("test"), query)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("楼道里的灯坏了垃圾桶满没人清晚上电梯abc ,。😀𠮷"), max_size=8))
def test_any_query_finds_what_a_plain_scan_finds(letters: Cast, query: str) -> None:
    # A query without two characters in a row cannot be looked up; it is told so instead of being searched.
    wanted = scanned(letters.dispatcher, query) if searching.search_terms(query) else set()
    assert found(letters.dispatcher, query) == wanted
    assert searching.by_words(letters.dispatcher, query).short == (
        bool(query.strip()) and not searching.search_terms(query)
    )


def test_the_function_shows_nothing_out_of_scope_and_nothing_without_one(letters: Cast) -> None:
    """Asked directly by the web role, as a forgotten check would."""
    sql = "SELECT id FROM linli_search_cases(%s, 1000, false)"
    enter(system("test"))
    everywhere = set(Case.objects.filter(text__contains="垃圾").values_list("pk", flat=True))
    assert len(everywhere) == 2
    for actor in (letters.nobody, letters.volunteer, letters.sysadmin, letters.resident(), Actor(kind="person")):
        enter(actor)
        with connection.cursor() as cursor:
            cursor.execute(sql, [["垃圾"]])
            assert cursor.fetchall() == [], actor
    one = min(everywhere)
    enter(letters.resident(one))
    with connection.cursor() as cursor:
        cursor.execute(sql, [["垃圾"]])
        assert cursor.fetchall() == [(one,)]
        cursor.execute(sql, [[]])
        assert cursor.fetchall() == []
        cursor.execute("SELECT id FROM linli_search_cases(%s, -1, false)", [["垃圾"]])
        assert cursor.fetchall() == []


def test_the_function_agrees_with_the_wall_of_rows(letters: Cast) -> None:
    row = handling(letters, "property", "manager", text="垃圾房没锁")
    for who in ("dispatcher", "secretary", "neighbour", "grid_worker", "grid_worker_2", "manager", "clerk", "leader"):
        actor = getattr(letters, who)
        enter(actor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM linli_search_cases(%s, 1000, false)", [["垃圾"]])
            shown = {key for (key,) in cursor.fetchall()}
        assert shown == set(Case.objects.filter(grams__contains=["垃圾"]).values_list("pk", flat=True)), who
        assert (row.pk in shown) == (who in ("dispatcher", "secretary", "grid_worker", "manager", "leader")), who


def search(cast: Cast, who: str, query: str):
    return cast.client(who).get("/cases/search/", {"q": query})


def search_phone(cast: Cast, who: str, phone: str):
    return cast.client(who).post("/cases/search/", {"phone": phone})


def test_a_number_leads_straight_to_its_case(cast: Cast) -> None:
    row = filed(cast)
    for typed in (
        row.number,
        row.number.lower(),
        f" {row.number} ",
        row.number.replace("-", "－"),
        row.number.split("-")[-1],
    ):
        answer = search(cast, "dispatcher", typed)
        assert (answer.status_code, answer.get("Location")) == (302, f"/cases/{row.number}/"), typed
    answer = search(cast, "neighbour", row.number)
    assert answer.status_code == 200
    assert f"/cases/{row.number}/" not in answer.content.decode()


def test_words_lead_to_a_list_and_one_character_asks_for_another(cast: Cast) -> None:
    row = filed(cast)
    assert row.number in search(cast, "dispatcher", "灯坏").content.decode()
    assert "没有找到" in search(cast, "neighbour", "灯坏").content.decode()
    assert "再多打一个字" in search(cast, "dispatcher", "灯").content.decode()
    assert search(cast, "dispatcher", "").status_code == 200
    assert search(cast, "dispatcher", "😀" * 300).status_code == 200
    assert search(cast, "manager", "灯坏").status_code == 404  # no right to search


def test_a_telephone_number_is_looked_up_by_whoever_may_open_it_and_leaves_a_trace(cast: Cast) -> None:
    row = filed(cast)
    other = filed(cast, phone="13911112222")
    content = search_phone(cast, "dispatcher", "138 0013-8000").content.decode()
    assert row.number in content
    assert other.number not in content
    assert PHONE not in content
    enter(system("test"))
    trace = AuditRow.objects.get(command="cases.search_phone")
    assert trace.detail == {"found": 1}
    assert PHONE not in str(trace.detail)
    assert row.number not in search_phone(cast, "leader", PHONE).content.decode()  # may search, may not open contacts
    assert row.number not in search_phone(cast, "neighbour", PHONE).content.decode()


def test_a_telephone_number_never_stands_in_an_address(cast: Cast) -> None:
    row = filed(cast)
    assert row.number not in search(cast, "dispatcher", PHONE).content.decode()
    enter(system("test"))
    assert not AuditRow.objects.filter(command="cases.search_phone").exists()
    page = cast.client("dispatcher").get("/cases/search/").content.decode()
    assert '<form class="form row-of" method="post"' in page
    wrong = search_phone(cast, "dispatcher", "12")
    assert wrong.status_code == 422
    assert "电话号码不对" in wrong.content.decode()


def test_a_unit_does_not_find_the_cases_about_itself_by_telephone(cast: Cast) -> None:
    row = handling(cast, about_id=cast.organisations["here"].pk)
    assert row.number not in search_phone(cast, "secretary", PHONE).content.decode()
    assert row.number in search_phone(cast, "dispatcher", PHONE).content.decode()
