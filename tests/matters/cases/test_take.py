"""The call taker's one screen: filing, likely duplicates, the receipt, and nothing lost on the way."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases.models import Case
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import tracking_code
from linli.procedures.models import Proceeding
from tests.cast import HERE, THERE, Cast
from tests.matters.cases.stories import PHONE, TEXT, filed, handling


def take(client: Client, **given: Any) -> Any:
    facts = {
        "text": TEXT,
        "place": f"region:{HERE}",
        "kind": "help",
        "channel": "telephone",
        "name": "张三丰",
        "phone": PHONE,
    }
    return client.post("/cases/take/", {**facts, **given})


def only_case() -> Case:
    enter(system("test"))
    return Case.objects.select_related("proceeding").get()


def test_a_case_is_filed_and_its_number_and_code_are_read_aloud(cast: Cast) -> None:
    client = cast.client("call_taker")
    assert client.get("/cases/take/").status_code == 200
    answer = take(client, place=f"building:{cast.building.pk}", place_text="三单元", category="property.elevator")
    row = only_case()
    number = row.proceeding.number
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{number}/taken/"
    assert (row.channel, row.kind, row.category, row.building) == (
        "telephone",
        "help",
        "property.elevator",
        cast.building,
    )
    assert not row.proactive
    assert row.place_text == "春光里小区3号楼 三单元"
    page = client.get(answer["Location"])
    content = page.content.decode()
    assert number in content
    assert tracking_code(tracking_secret(), number) in content
    assert page["Cache-Control"] == "no-store"
    assert "北大街北里社区居委会" in content
    assert "前答复" in content
    assert 'href="/cases/take/"' in content


def test_the_receipt_is_only_for_whoever_has_just_filed(cast: Cast) -> None:
    client = cast.client("call_taker")
    address = take(client)["Location"]
    for other in ("dispatcher", "secretary", "neighbour"):
        assert cast.client(other).get(address).status_code == 404
    assert cast.client("call_taker").get(address).status_code == 404  # another session of the same person
    row = filed(cast)
    assert client.get(f"/cases/{row.number}/taken/").status_code == 404


def test_a_grid_worker_reports_a_finding_also_where_they_cannot_see(cast: Cast) -> None:
    client = cast.client("grid_worker")
    answer = take(client, channel="patrol", place=f"region:{THERE}", anonymous="on")
    row = only_case()
    assert (row.channel, row.proactive, row.anonymous) == ("patrol", True, True)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert row.proceeding.number in page.content.decode()
    assert "打开这件" not in page.content.decode()
    assert client.get(f"/cases/{row.proceeding.number}/").status_code == 404


def test_what_was_typed_but_not_chosen_is_looked_up(cast: Cast) -> None:
    take(cast.client("call_taker"), place="", place_typed="春光里小区3号楼", category_typed="电梯")
    row = only_case()
    assert row.building == cast.building
    assert row.category == "property.elevator"


def test_words_that_mean_several_places_are_asked_about(cast: Cast) -> None:
    answer = take(cast.client("call_taker"), place="", place_typed="春光里")
    content = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "请从列表里选地点" in content
    assert 'value="春光里"' in content
    assert TEXT in content


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "!!!"}, "text"),
        ({"text": "字" * 5001}, "text"),
        ({"text": "有\x00字"}, "text"),
        ({"phone": "12"}, "phone"),
        ({"place": ""}, "place"),
        ({"place": "building:999999"}, "place"),
        ({"place": "region:9999999999"}, "place"),
        ({"place": "moon:1"}, "place"),
        ({"place": "building:" + "9" * 40}, "place"),
        ({"category": "no.such"}, "category"),
        ({"about": "999999"}, "about"),
        ({"about": "x"}, "about"),
        ({"kind": "x"}, "kind"),
        ({"channel": "sheet"}, "channel"),
        ({"service_class": "x"}, "service_class"),
    ],
)
def test_bad_input_is_answered_beside_its_field_and_nothing_is_lost(
    cast: Cast, given: dict[str, str], field: str
) -> None:
    answer = take(cast.client("call_taker"), place_text="三单元门口😀𠮷", **given)
    content = unescape(answer.content.decode())
    assert answer.status_code == 422, answer.get("Location")
    assert f'id="id_{field}-error"' in content
    assert "三单元门口😀𠮷" in content
    assert "张三丰" in content
    enter(system("test"))
    assert not Case.objects.exists()


def test_sending_twice_files_once(cast: Cast) -> None:
    client = cast.client("call_taker")
    first, second = take(client, _nonce="n"), take(client, _nonce="n")
    assert first["Location"] == second["Location"] == f"/cases/{only_case().proceeding.number}/taken/"


def hints(client: Client, **given: Any) -> str:
    answer = client.post("/cases/take/hints/", {"text": TEXT, "place": f"region:{HERE}", **given})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return unescape(answer.content.decode())


def test_likely_duplicates_are_shown_and_joined_after_filing(cast: Cast) -> None:
    old = handling(cast, compound_id=cast.compound.pk)
    filed(cast, text="隔壁半夜装修,声音很大")
    client = cast.client("call_taker")
    content = hints(client, text="楼道灯坏了好几天,老人上下楼看不见", place=f"compound:{cast.compound.pk}")
    assert old.number in content
    assert "同一小区" in content
    assert "半夜装修" not in content
    answer = take(client, text="楼道灯坏了好几天", place=f"compound:{cast.compound.pk}", join=old.number)
    assert answer.status_code == 302
    enter(system("test"))
    new = Case.objects.exclude(pk=old.pk).get(text="楼道灯坏了好几天")
    assert new.cluster_id is not None
    assert new.cluster_id == Case.objects.get(pk=old.pk).cluster_id
    assert new.proceeding.number != old.number


def test_a_join_that_cannot_be_done_does_not_undo_the_filing(cast: Cast) -> None:
    client = cast.client("call_taker")
    answer = take(client, join="11010600-2026-999999")
    assert answer.status_code == 302
    assert only_case().cluster_id is None
    assert "没能归并" in unescape(client.get(answer["Location"]).content.decode())


def test_hints_show_only_what_the_person_may_see(cast: Cast) -> None:
    old = filed(cast)
    assert old.number in hints(cast.client("call_taker"))
    assert old.number not in hints(cast.client("neighbour"), place=f"region:{HERE}")
    assert cast.client("clerk").post("/cases/take/hints/", {"text": TEXT}).status_code == 404
    assert cast.client().post("/cases/take/hints/", {"text": TEXT}).status_code == 302


def test_hints_hold_no_telephone_number_of_others(cast: Cast) -> None:
    filed(cast, text=TEXT + "电话13912345678")
    assert "13912345678" not in hints(cast.client("call_taker"))


def options(client: Client, what: str, **given: str) -> list[str]:
    answer = client.post(f"/cases/take/options/{what}/", given)
    assert answer.status_code == 200
    return re.findall(r'data-value="([^"]+)"', answer.content.decode())


def test_places_are_found_by_compound_building_and_community(cast: Cast) -> None:
    client = cast.client("call_taker")
    compound, building = f"compound:{cast.compound.pk}", f"building:{cast.building.pk}"
    assert options(client, "place", typed="春光") == [compound, building]
    assert options(client, "place", typed="春光里3号楼") == [building]
    assert options(client, "place", typed="春光里 3") == [building]
    assert options(client, "place", typed="东大街")[0] == f"region:{THERE}"
    assert options(client, "place", typed="没有这个地方") == []
    assert options(client, "place", typed="\x00😀") == options(client, "place", typed="😀")


def test_the_words_suggest_a_category_first(cast: Cast) -> None:
    client = cast.client("call_taker")
    assert options(client, "category", typed="", text="电梯坏了,困人了")[0] == "property.elevator"
    assert options(client, "category", typed="电梯", text="") == ["property.elevator"]
    assert client.post("/cases/take/options/nonsense/").status_code == 404


def test_units_are_found_by_name(cast: Cast) -> None:
    assert options(cast.client("call_taker"), "about", typed="安居") == [str(cast.organisations["property"].pk)]


def test_the_page_costs_the_same_with_one_case_and_with_many(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = cast.client("call_taker")
    filed(cast)
    client.post("/cases/take/hints/", {"text": TEXT, "place": f"region:{HERE}"})
    for count in (0, 6):
        for _ in range(count):
            filed(cast)
        with django_assert_max_num_queries(8):
            client.post("/cases/take/hints/", {"text": TEXT, "place": f"region:{HERE}"})
    enter(system("test"))
    assert Proceeding.objects.count() == 7
