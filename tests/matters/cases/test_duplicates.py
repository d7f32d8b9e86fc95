"""Likely duplicates: place, matter, words and days."""

from datetime import timedelta

import pytest

from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.matters.cases.duplicates import likely_duplicates
from linli.matters.cases.placing import Place
from tests.cast import GRID, MONDAY, POINT_HERE, Cast
from tests.matters.cases.stories import closed, filed

LAMP = "楼道里的灯坏了三天,晚上老人上下楼看不见"
HERE = Place(GRID, "", *POINT_HERE)


def numbers(
    cast: Cast, text: str = LAMP, place: Place | None = HERE, category: str = "", who: str = "dispatcher"
) -> list[str]:
    actor = getattr(cast, who)
    enter(actor)
    return [one.number for one in likely_duplicates(actor, text, place, category)]


def test_the_same_words_nearby_come_before_similar_ones(cast: Cast) -> None:
    same, similar, other = (
        filed(cast, text=LAMP),
        filed(cast, text="楼道灯不亮已经三天了"),
        filed(cast, text="垃圾桶满了没人清"),
    )
    found = numbers(cast)
    assert found[:2] == [same.number, similar.number]
    assert other.number not in found


def test_the_same_category_in_the_same_place_is_worth_a_look(cast: Cast) -> None:
    row = filed(cast, text="上上下下全靠两条腿,八楼", category="property.elevator", compound_id=cast.compound.pk)
    place = Place(GRID, "春光里小区", *POINT_HERE, cast.compound.pk)
    assert numbers(cast, "电梯又停了", place, "property.elevator") == [row.number]
    assert numbers(cast, "电梯又停了", place, "noise.construction") == []


def test_farther_than_three_hundred_metres_is_another_place(cast: Cast) -> None:
    lon, lat = POINT_HERE
    near = filed(cast, text=LAMP, longitude=lon + 0.003, latitude=lat)  # about 256 m
    far = filed(cast, text=LAMP, longitude=lon + 0.0045, latitude=lat)  # about 384 m
    found = numbers(cast)
    assert near.number in found
    assert far.number not in found


def test_older_than_a_month_is_another_matter(cast: Cast) -> None:
    with frozen(MONDAY):
        old = filed(cast, text=LAMP)
    with frozen(MONDAY + timedelta(days=29)):
        assert numbers(cast) == [old.number]
    with frozen(MONDAY + timedelta(days=31)):
        assert numbers(cast) == []


def test_finished_cases_are_shown_after_open_ones_that_are_as_alike(cast: Cast) -> None:
    done, running = closed(cast, text=LAMP), filed(cast, text=LAMP)
    assert numbers(cast) == [running.number, done.number]


def test_without_a_place_or_words_there_is_nothing_to_compare(cast: Cast) -> None:
    filed(cast, text=LAMP)
    assert numbers(cast, place=None) == []
    assert numbers(cast, text="  ") == []


@pytest.mark.parametrize("text", ["", "。。。", "😀", "字" * 5000, "𠮷", "\x00"])
def test_no_text_is_too_odd(cast: Cast, text: str) -> None:
    filed(cast, text=LAMP)
    assert isinstance(numbers(cast, text), list)


def test_the_neighbour_is_told_of_nothing(cast: Cast) -> None:
    filed(cast, text=LAMP)
    for who in ("neighbour", "neighbour_grid_worker", "neighbour_clerk"):
        assert numbers(cast, who=who) == []
