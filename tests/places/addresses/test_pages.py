"""The pages of buildings and dwellings: one act for a whole building, correcting, finding, compounds nobody manages."""

from typing import Any

import pytest

from linli.base.actor import system
from linli.base.scope import enter
from linli.places.addresses import commands, rules
from linli.places.addresses.commands import NewDwelling
from linli.places.addresses.models import Dwelling
from tests.cast import GRID, GRID_2, HERE, Cast

DOORS = {"units": "1-3", "floors": "1-6", "rooms": "01-04", "use": "home", "source": "竣工图"}


@pytest.fixture
def here(cast: Cast) -> str:
    assert cast.building is not None
    return f"/addresses/buildings/{cast.building.pk}/"


def entered(cast: Cast, **more: Any) -> Dwelling:
    assert cast.building is not None
    (key,) = commands.enter_dwellings(
        cast.secretary, dwellings=[NewDwelling(cast.building.pk, "501", "2", use="let", **more)]
    )
    return Dwelling.objects.get(pk=key)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1-3、5，甲", ["1", "2", "3", "5", "甲"]),
        ("01-04", ["01", "02", "03", "04"]),
        ("a-c", ["a", "b", "c"]),
        ("甲至丙", ["甲", "乙", "丙"]),
        ("1单元-3单元", ["1", "2", "3"]),
        ("-1", ["-1"]),
        ("-2-2", ["-2", "-1", "1", "2"]),
        ("", []),
        ("东 西", ["东", "西"]),
    ],
)
def test_ranges_as_people_type_them(text: str, names: list[str]) -> None:
    assert rules.numbers_of(text) == names


@pytest.mark.parametrize("text", ["3-1", "1-9999", "c-a", "1-a", "!!", "1-500"])
def test_what_makes_no_sense_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=text[:4]):
        rules.numbers_of(text)


def test_doors_of_a_building() -> None:
    found = rules.doors_of("1-3", "1-6", "01-04")
    assert len(found) == 72 and found[0] == ("1", 1, "101") and found[-1] == ("3", 6, "604")
    assert rules.doors_of("", "-1、12", "1") == [("", -1, "b101"), ("", 12, "1201")]
    for wrong in (("1-20", "1-30", "1-10"), ("", "0", "1"), ("", "三", "1"), ("", "200", "1")):
        with pytest.raises(ValueError, match=r"."):
            rules.doors_of(*wrong)


def test_a_whole_building_is_entered_in_one_act(cast: Cast, here: str) -> None:
    client = cast.client("grid_worker")
    empty = client.get(here).content.decode()
    assert "还没有登记房屋" in empty and "登记房屋" in empty
    assert client.post(f"{here}dwellings/", DOORS).status_code == 302
    page = client.get(here).content.decode()
    assert "已登记 72 套" in page and "2单元" in page and "604" in page and "竣工图" in page
    assert page.count('class="door door-home"') == 72
    again = client.post(f"{here}dwellings/", DOORS | {"floors": "6-7"}, follow=True).content.decode()
    assert "已登记 12 套，12 套早已登记" in again
    enter(system("test"))
    assert Dwelling.objects.count() == 84


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"floors": "6-1"}, "6-1"), ({"rooms": "01-9999"}, "01-9999"), ({"floors": ""}, "必填"), ({"use": "castle"}, "castle"),
     ({"as_of": "2199-01-01"}, "不能晚于今天")],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(cast: Cast, here: str, wrong: dict[str, str], said: str) -> None:
    answer = cast.client("worker").post(f"{here}dwellings/", DOORS | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    enter(system("test"))
    assert not Dwelling.objects.exists()


def test_who_answers_elsewhere_sees_the_building_and_no_dwelling(cast: Cast, here: str) -> None:
    row = entered(cast)
    for who in ("neighbour", "volunteer", "clerk", "sysadmin"):
        client = cast.client(who)
        page = client.get(here)
        assert page.status_code == 200 and "501" not in page.content.decode(), who
        assert client.get(f"/addresses/dwellings/{row.pk}/").status_code == 404
        assert client.get(f"/addresses/dwellings/{row.pk}/edit/").status_code == 404
        assert client.post(f"{here}dwellings/", DOORS).status_code == 404
    assert "501" in cast.client("leader").get(here).content.decode()


def test_a_dwelling_is_corrected_confirmed_and_closed(cast: Cast) -> None:
    row = entered(cast)
    client, page = cast.client("grid_worker"), f"/addresses/dwellings/{row.pk}/"
    assert "出租" in client.get(page).content.decode()
    sent = {"unit_name": "2", "room_name": "501", "floor": "5", "use": "empty"}
    assert "必填" in client.post(f"{page}edit/", sent).content.decode()
    assert client.post(f"{page}edit/", sent | {"reason": "租户已搬走", "source": "入户走访"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "用途：出租 → 空置" in shown and "租户已搬走" in shown and "来源 入户走访" in shown and "核实 戈格" in shown
    assert client.post(f"{page}edit/", sent | {"reason": "复核"}).status_code == 302
    assert "核实无误" in client.get(page).content.decode()
    assert client.post(f"{page}close/", {"basis": ""}).status_code == 422
    assert client.post(f"{page}close/", {"basis": "打通"}).status_code == 302
    assert "已停用" in client.get(page).content.decode()
    assert client.get(f"{page}edit/").status_code == 404


def test_the_grids_of_a_building(cast: Cast, here: str) -> None:
    row = entered(cast)
    client = cast.client("secretary")
    assert "2单元" in client.get(f"{here}grids/").content.decode()
    assert client.post(f"{here}grids/", {"grid": GRID, "unit_0": GRID_2, "source": "网格调整"}).status_code == 302
    enter(system("test"))
    row.refresh_from_db()
    assert row.region_code == GRID_2
    page = cast.client("grid_worker_2").get(here).content.decode()
    assert "501" in page and "第二网格" in page
    other = cast.client("grid_worker").get(here).content.decode()
    assert f"/addresses/dwellings/{row.pk}/" not in other
    assert cast.client("neighbour").get(f"{here}grids/").status_code == 404


@pytest.mark.parametrize("text", ["春光里小区3号楼2单元501", "春光里 3-2-501", "三号楼二单元五〇一"])
def test_an_address_is_found_and_leads_to_its_page(cast: Cast, text: str) -> None:
    row = entered(cast)
    page = cast.client("grid_worker").get("/addresses/find/", {"q": text}).content.decode()
    assert f"/addresses/dwellings/{row.pk}/" in page
    assert (
        f"/addresses/dwellings/{row.pk}/"
        not in cast.client("neighbour").get("/addresses/find/", {"q": text}).content.decode()
    )


def test_who_may_not_see_dwellings_is_led_to_the_building(cast: Cast, here: str) -> None:
    row = entered(cast)
    page = cast.client("volunteer").get("/addresses/find/", {"q": "春光里3-2-501"}).content.decode()
    assert here in page and f"/addresses/dwellings/{row.pk}/" not in page


def test_what_is_not_found_says_so(cast: Cast) -> None:
    client = cast.client("grid_worker")
    assert "没有查到这个地址" in client.get("/addresses/find/", {"q": "查无此地9-9-999"}).content.decode()
    assert "怎么写都行" in client.get("/addresses/find/").content.decode()
    assert client.get("/addresses/find/", {"q": "长" * 500}).status_code == 200


def test_the_options_of_a_field(cast: Cast) -> None:
    row = entered(cast)
    answer = cast.client("grid_worker").post("/addresses/dwellings/options/", {"typed": "春光里3-2-501"})
    assert f'data-value="{row.pk}"' in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert (
        "没有符合的"
        in cast.client("neighbour").post("/addresses/dwellings/options/", {"typed": "3-2-501"}).content.decode()
    )
    assert cast.client("volunteer").post("/addresses/dwellings/options/", {"typed": "3-2-501"}).status_code == 404


def test_the_register_is_filtered_sorted_and_taken_out(cast: Cast) -> None:
    entered(cast)
    client = cast.client("secretary")
    for query in (
        {},
        {"q": "春光里3"},
        {"use": "let"},
        {"place": HERE},
        {"sort": "-room"},
        {"q": "3-2-501", "sort": "use"},
    ):
        assert "2单元501" in client.get("/addresses/dwellings/", query).content.decode(), query
    for query in ({"use": "shop"}, {"q": "春光里9"}, {"q": "别处1-1-101"}):
        assert "没有符合条件的房屋" in client.get("/addresses/dwellings/", query).content.decode(), query
    sheet = client.get("/addresses/dwellings/export.csv").getvalue().decode("utf-8-sig").splitlines()
    assert sheet[0].startswith("小区,楼栋,单元") and sheet[1].startswith("春光里小区,3号楼,2,5,501,出租")
    assert cast.client("volunteer").get("/addresses/dwellings/").status_code == 404
