"""The pages: masked for those who keep the register, absent for everybody else, with everything typed kept when refused."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from linli.base.actor import system
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.scope import enter
from linli.people.residents import commands, paging
from linli.people.residents.models import CareNeed, Contact, Household, KnownApart, Person, Residence
from tests.cast import GRID, GRID_2, GRID_THERE, Cast
from tests.people.residents.stories import BY_VISIT, SAID, cared, door, minor, someone

LONG_AGO = date(2025, 1, 1)
NAME, PHONE = "林小满", "13800001111"


def page(cast: Cast, who: str, address: str, status: int = 200) -> str:
    answer = cast.client(who).get(address)
    assert answer.status_code == status, (who, address, answer.status_code)
    if status == 200:
        assert answer["Cache-Control"] == "private, no-store"
    text = answer.content.decode()
    assert NAME not in text and PHONE not in text
    return text


def test_the_list_is_masked_and_only_for_those_who_keep_it(cast: Cast) -> None:
    someone(cast)
    text = page(cast, "grid_worker", "/residents/")
    assert "林**" in text and "138****1111" in text and "2单元501" in text
    assert "林**" not in page(cast, "neighbour", "/residents/")
    assert "林**" not in page(cast, "grid_worker_2", "/residents/")
    for who in ("sysadmin", "clerk", "leader", "dispatcher", "auditor", "volunteer"):
        page(cast, who, "/residents/", 404)
    page(cast, "worker", "/residents/?place=110106009009")


def test_the_list_is_narrowed_sorted_and_says_what_to_do_when_empty(cast: Cast) -> None:
    assert "还没有登记居民" in page(cast, "grid_worker", "/residents/")
    first = someone(cast)
    cared(cast, first)
    someone(cast, name="程立秋", phone="", home=door(cast, "101"), kind="tenant", birth_year=1990)
    for query, shown, hidden in (
        ("kind=tenant", "程**", "林**"), ("care=old", "林**", "程**"), ("care=any", "林**", "程**"), ("care=tenant", "没有符合条件", "林**"),
        (f"place={GRID}", "程**", "没有"), ("q=春光里3-2-101", "程**", "林**"), ("state=gone", "没有符合条件", "林**"),
        ("care=ill", "林**", "没有符合"), ("q=没有这个小区9-9-9", "没有符合条件", "林**"),
    ):  # fmt: skip
        text = page(cast, "grid_worker", f"/residents/?{query}").split('id="list"')[1]
        assert shown in text and hidden not in text, query
    text = page(cast, "grid_worker", "/residents/?sort=-age")
    assert text.index("程**") < text.index("林**")


def turn(client: Client, address: str) -> tuple[list[int], str, str]:
    """(people in the order of the page, address of the page before, of the one after)."""
    text = client.get(address).content.decode().split('id="list"')[1]
    keys = [int(key) for key in dict.fromkeys(re.findall(r'href="/residents/(\d+)/"', text))]
    turns = {rel: unescape(href) for rel, href in re.findall(r'rel="(prev|next)" href="([^"]+)"', text)}
    return keys, turns.get("prev", ""), turns.get("next", "")


def test_pages_follow_each_other_by_key_without_a_gap(cast: Cast) -> None:
    home = door(cast).pk
    rows = [{"name": f"林{'甲乙丙丁戊'[n % 5]}", "dwelling": home, "birth_year": 1950 + n % 7} for n in range(120)]
    keys = commands.register_many(cast.secretary, rows)
    client = cast.client("secretary")
    for sort in paging.SORTS:
        address = f"/residents/?sort={sort}"
        first, before, after = turn(client, address)
        second, _before, last = turn(client, after)
        third, back, end = turn(client, last)
        assert sorted(first + second + third) == keys and (before, end) == ("", ""), sort
        assert (len(first), len(second)) == (50, 50)
        assert turn(client, back)[0] == second
        assert turn(client, turn(client, back)[1])[0] == first
    assert client.get("/residents/?after=x,y&before=1").status_code == 200


def test_finding_is_posted_exact_and_leads_straight_to_the_person(cast: Cast) -> None:
    row = someone(cast)
    client = cast.client("grid_worker")
    answer = client.post("/residents/find/", {"text": NAME})
    assert (answer.status_code, answer["Location"]) == (302, f"/residents/{row.pk}/")
    found = f"/residents/{row.pk}/"
    for text in (PHONE, "林 小满", "138-0000-1111", "春光里3-2-501", "春光里小区3号楼2单元501"):
        assert client.post("/residents/find/", {"text": text}).headers.get("Location") == found, text
    for text in ("林小", "林晓满", "13900001111", "春光里3-2-999", "11010519491231002X"):
        assert "没有查到" in client.post("/residents/find/", {"text": text}).content.decode(), text
    for text, why in (("1380000", "号码"), ("林**", "隐去的字"), ("110105194912310021", "校验码")):
        answer = client.post("/residents/find/", {"text": text})
        assert answer.status_code == 422 and why in answer.content.decode(), text
    someone(cast, home=door(cast, "302"), anyway=True)
    text = client.post("/residents/find/", {"text": NAME}).content.decode()
    assert text.count("林**") == 2
    for text in ("春光里小区3号楼", "春光里小区"):
        assert client.post("/residents/find/", {"text": text})["Location"].startswith("/residents/?q="), text
    assert client.get("/residents/find/").status_code == 200
    assert 'action="/residents/find/"' in client.get("/residents/").content.decode()


def test_an_identity_number_finds_whoever_it_was_kept_of(cast: Cast) -> None:
    row = someone(cast, identity="11010519491231002X", statutory_basis="old_age_allowance", birth_year=0, sex="0")
    answer = cast.client("grid_worker").post("/residents/find/", {"text": "11010519491231002x"})
    assert answer["Location"] == f"/residents/{row.pk}/"
    enter(system("test"))
    assert AuditRow.objects.get(command="residents.search").detail == {"kind": "identity", "found": 1}
    assert (
        "没有查到" in cast.client("neighbour").post("/residents/find/", {"text": "11010519491231002x"}).content.decode()
    )


def test_somebody_is_registered_in_the_stairwell(cast: Cast) -> None:
    home = door(cast)
    client = cast.client("grid_worker")
    assert "2单元501" in client.get(f"/residents/new/?dwelling={home.pk}").content.decode()
    sent = {
        "name": NAME,
        "kind": "owner",
        "sex": "2",
        "birth": "1948年5月4日",
        "phone": PHONE,
        "lives": "on",
        "source": "visit",
    }
    answer = client.post("/residents/new/", sent | {"dwelling": "", "dwelling_typed": "春光里3-2-501"})
    assert answer.status_code == 302
    enter(system("test"))
    row = Person.objects.get()
    assert (row.dwelling_id, row.birth_year, str(row.birth_date)) == (home.pk, 1948, "1948-**-**")
    again = client.post("/residents/new/", sent | {"dwelling": home.pk, "dwelling_typed": "x"})
    assert again.status_code == 409
    text = again.content.decode()
    assert "可能已经登记过" in text and "仍要登记" in text and NAME in text, "what was typed is still there"
    sent |= {"dwelling": home.pk, "dwelling_typed": "x", "anyway": "on"}
    assert client.post("/residents/new/", sent).status_code == 302
    wrong = client.post("/residents/new/", sent | {"birth": "四八年", "dwelling": "", "dwelling_typed": "没有的小区"})
    assert wrong.status_code == 422
    assert "出生写四位年份" in wrong.content.decode() and "没有找到这套房屋" in wrong.content.decode()


def test_a_person_is_shown_masked_with_history(cast: Cast) -> None:
    row = minor(cast)
    cared(cast, row, "young")
    someone(cast, household=row.household_id)
    commands.correct(cast.grid_worker, row, changes={"sex": "1"}, given=SAID)
    text = page(cast, "grid_worker", f"/residents/{row.pk}/")
    for words in ("林**", "139****2222", "监护人同意", "性别原为 女", "本人告知有变化", "同一户", "有待办"):
        assert words in text, words
    assert "孩子" not in text, "the group is sensitive"
    page(cast, "neighbour", f"/residents/{row.pk}/", 404)
    page(cast, "sysadmin", f"/residents/{row.pk}/", 404)


def test_opening_is_logged_first_and_needs_a_task(cast: Cast) -> None:
    row = someone(cast)
    client = cast.client("grid_worker")
    sent = {"fields": "phone", "purpose": "review"}
    refused = client.post(f"/residents/{row.pk}/reveal/", sent)
    assert refused.status_code == 403 and PHONE not in refused.content.decode()
    enter(system("test"))
    assert not ReadRow.objects.filter(subject_kind="residents.person").exists()
    cared(cast, row, on=LONG_AGO)
    opened = client.post(f"/residents/{row.pk}/reveal/", sent, headers={"HX-Request": "true"})
    assert opened.status_code == 200 and PHONE in opened.content.decode() and NAME not in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    enter(system("test"))
    assert ReadRow.objects.get(subject_kind="residents.person").fields == ["residents.person.phone"]
    assert PHONE in client.post(f"/residents/{row.pk}/reveal/", sent).content.decode(), "without scripts, a page"
    assert cast.client("neighbour").post(f"/residents/{row.pk}/reveal/", sent).status_code == 404


def test_an_emergency_is_written_down(cast: Cast) -> None:
    row = someone(cast)
    client = cast.client("grid_worker")
    address = f"/residents/{row.pk}/urgent/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"fields_wanted": ["phone"], "note": "急"}).status_code == 422
    answer = client.post(address, {"fields_wanted": ["phone"], "note": "三楼水管爆了"})
    assert answer.status_code == 200 and PHONE in answer.content.decode()
    enter(system("test"))
    assert ReadRow.objects.get(subject_kind="residents.person").note == "三楼水管爆了"


def test_every_act_has_its_page(cast: Cast) -> None:
    row = someone(cast)
    client, home = cast.client("secretary"), door(cast, region=GRID_2)
    base = {"source": "visit", "reason": "said"}
    at = f"/residents/{row.pk}"
    for name in ("correct", "move-house", "move-out", "move-in", "death", "undo-death", "care", "visit"):
        assert client.get(f"{at}/{name}/").status_code == 200, name
    assert client.post(f"{at}/correct/", base | {"phone": "13700003333"}).status_code == 302
    assert client.post(f"{at}/correct/", base).status_code == 422
    assert client.post(f"{at}/correct/", base | {"no_phone": "on"}).status_code == 302
    assert client.post(f"{at}/move-house/", base | {"dwelling": home.pk, "dwelling_typed": "x"}).status_code == 302
    assert client.post(f"{at}/move-in/", base | {"dwelling": door(cast, "302").pk, "kind": "owner"}).status_code == 302
    care = {"source": "visit", "group": "old", "purpose": "visit", "consent": "none"}
    assert client.post(f"{at}/care/", care).status_code == 302
    assert client.post(f"{at}/care/", care).status_code == 422
    contact = {"source": "visit", "kind": "relative", "name": "林大树", "phone": "13900002222"}
    assert client.post(f"{at}/contacts/", contact | {"phone": "1"}).status_code == 422
    assert client.post(f"{at}/contacts/", contact).status_code == 302
    enter(system("test"))
    need, reached = CareNeed.objects.get(), Contact.objects.get()
    assert client.post(f"{at}/contacts/{reached.pk}/end/").status_code == 302
    assert client.post(f"{at}/contacts/{reached.pk}/end/").status_code == 404
    assert client.post(f"{at}/care/{need.pk}/end/", {"source": "visit", "ending": "x"}).status_code == 422
    assert client.post(f"{at}/care/{need.pk}/end/", {"source": "visit", "ending": "over"}).status_code == 302
    assert client.post(f"{at}/death/", base | {"died_on": "2099-01-01"}).status_code == 422
    assert client.post(f"{at}/death/", base | {"died_on": "2026-01-05"}).status_code == 302
    assert "已于 2026-01-05 去世" in client.get(f"{at}/").content.decode()
    assert client.post(f"{at}/undo-death/", base).status_code == 302
    assert client.post(f"{at}/move-out/", base).status_code == 302
    assert "已经迁出" in client.get(f"{at}/").content.decode()
    enter(system("test"))
    assert Person.objects.get(pk=row.pk).state == "gone"


def test_the_visit_list_is_walked_by_taps(cast: Cast) -> None:
    row = someone(cast)
    client = cast.client("grid_worker")
    assert "本周没有要走访的" in page(cast, "grid_worker", "/residents/visits/")
    need = cared(cast, row, on=LONG_AGO)
    text = page(cast, "grid_worker", "/residents/visits/")
    assert "春光里小区 3号楼" in text and "林**" in text and "复核已过" in text
    tap = f"/residents/{row.pk}/visit/quick/"
    assert client.post(tap, {"answer": "unreached"}).status_code == 302
    assert "本周没有要走访的" in page(cast, "grid_worker", "/residents/visits/")
    assert client.post(tap, {"answer": "still", "needs": str(need.pk)}).status_code == 302
    for wrong in ({"answer": "still", "needs": "x"}, {"answer": ""}):
        assert client.post(tap, wrong).status_code == 302
    enter(system("test"))
    assert CareNeed.objects.get().tries == 0
    sent = {"source": "visit", f"need_{need.pk}": "over", "phone": "13700003333"}
    assert client.post(f"/residents/{row.pk}/visit/?from=list", sent)["Location"] == "/residents/visits/"
    enter(system("test"))
    assert (CareNeed.objects.get().ending, str(Person.objects.get().phone)) == ("over", "137****3333")
    page(cast, "sysadmin", "/residents/visits/", 404)


def test_a_household_is_split_and_joined_on_its_page(cast: Cast) -> None:
    head = someone(cast)
    second = someone(cast, name="林立秋", phone="", kind="family", household=head.household_id)
    client, at = cast.client("grid_worker"), f"/residents/households/{head.household_id}/"
    assert "分户" in page(cast, "grid_worker", at)
    base = {"source": "visit", "reason": "said"}
    assert client.post(f"{at}split/", base).status_code == 422
    made = client.post(f"{at}split/", base | {"members": [second.pk]})
    assert made.status_code == 302
    enter(system("test"))
    new = Household.objects.exclude(pk=head.household_id).get()
    assert "并户" in page(cast, "grid_worker", at)
    assert client.post(f"{at}join/", base | {"other": new.pk}).status_code == 302
    page(cast, "neighbour", at, 404)


def test_duplicates_are_looked_at_side_by_side(cast: Cast) -> None:
    first = someone(cast)
    assert "没有疑似重复的" in page(cast, "secretary", "/residents/doubles/")
    second = someone(cast, home=door(cast, "302"), anyway=True, birth_year=1949)
    at = f"/residents/doubles/{first.pk}/{second.pk}/"
    assert at in page(cast, "secretary", "/residents/doubles/")
    assert "左边这份" in page(cast, "secretary", at)
    client = cast.client("secretary")
    assert client.post(at, {"act": "apart"}).status_code == 302
    enter(system("test"))
    assert KnownApart.objects.exists()
    assert client.post(at, {"keep": "0"}).status_code == 422
    merged = client.post(at, {"keep": second.pk, "take": ["birth_year"]})
    assert merged["Location"] == f"/residents/{second.pk}/"
    text = page(cast, "secretary", f"/residents/{second.pk}/")
    assert "并入的档案" in text and "1948" in text
    assert cast.client("secretary").get(f"/residents/{first.pk}/").status_code == 302
    page(cast, "secretary", at, 404)
    assert client.post(f"/residents/{second.pk}/separate/", {"other": first.pk}).status_code == 302
    enter(system("test"))
    assert not Person.objects.exclude(merged_into=None).exists()
    page(cast, "grid_worker", "/residents/doubles/", 404)


def test_the_sheet_is_masked_marked_and_audited(cast: Cast) -> None:
    row = someone(cast)
    cared(cast, row)
    cared(cast, row, "ill")
    assert "用途" in cast.client("secretary").get("/residents/export.csv?kind=owner").content.decode()
    answer = cast.client("secretary").get("/residents/export.csv?kind=owner&purpose=check")
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert "林**" in text and "老人" in text and "导出已记入审计" in text
    assert NAME not in text and PHONE not in text and "身体不便" not in text
    enter(system("test"))
    assert AuditRow.objects.get(command="residents.export").detail["rows"] == 1
    assert cast.client("grid_worker").get("/residents/export.csv").status_code == 404


def test_the_dwelling_tells_who_lives_there(cast: Cast) -> None:
    row = someone(cast)
    text = page(cast, "grid_worker", f"/residents/of-dwelling/{row.dwelling_id}/")
    assert "林**" in text and "户主" in text
    enter(system("test"))
    owner = someone(cast, name="秋处暑", phone="", home=door(cast, region=GRID_THERE), actor=cast.neighbour)
    Residence.objects.create(
        person=owner, dwelling=row.dwelling, kind="owner", lives=False, region_code=GRID, starts=LONG_AGO
    )
    text = page(cast, "grid_worker", f"/residents/of-dwelling/{row.dwelling_id}/")
    assert "秋**" in text and "（不住）" in text and f"/residents/{owner.pk}/" not in text
    page(cast, "grid_worker", f"/residents/{owner.pk}/", 404)
    assert "没有登记住在这里" in page(cast, "grid_worker", f"/residents/of-dwelling/{door(cast, '302').pk}/")
    page(cast, "neighbour", f"/residents/of-dwelling/{row.dwelling_id}/", 404)


@pytest.mark.parametrize("typed", ["1948", "1948-5-4", "1948.05.04", "1948年5月4日", "19480504", ""])
def test_birth_is_read_as_people_write_it(typed: str) -> None:
    from linli.people.residents.forms import read_birth

    year, born = read_birth(typed)
    assert year == (1948 if typed else 0)
    assert born == (date(1948, 5, 4) if len(typed) > 4 else None)


def test_the_queries_of_a_list_do_not_grow(cast: Cast, django_assert_max_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, home = cast.client("secretary"), door(cast).pk

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    row = {"dwelling": home, "birth_year": 1950, "care": ["old"]}
    commands.register_many(cast.secretary, [{**row, "name": "林甲"}] * 2, as_of=LONG_AGO)
    paths = (
        "/residents/",
        "/residents/visits/",
        "/residents/doubles/",
        f"/residents/of-dwelling/{home}/",
        "/residents/export.csv",
    )
    before = {path: asked(path) for path in paths}
    enter(system("test"))
    commands.register_many(cast.secretary, [{**row, "name": "林甲"} for _one in range(49)], as_of=LONG_AGO)
    assert {path: asked(path) for path in paths} == before
    assert BY_VISIT.source == "visit"
