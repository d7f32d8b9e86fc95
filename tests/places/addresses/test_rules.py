"""Names made comparable, and the order of buildings. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.addresses.rules import building_order, search_words, searchable


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("春光里小区", "春光里小区"),
        ("春光里 小区(Ａ区)", "春光里小区a区"),
        ("１２号 院", "12号院"),
        ("　", ""),
        ("𠮷祥里", "𠮷祥里"),
    ],
)
def test_one_spelling(written: str, plain: str) -> None:
    assert searchable(written) == plain


def test_the_words_of_a_query() -> None:
    assert search_words(" 春光　Ａ区 ") == ["春光", "a区"]
    assert search_words("") == []


@given(st.text())
def test_what_was_found_by_its_name_is_found_again(name: str) -> None:
    assert all(word in searchable(name) for word in search_words(name))


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("2号楼", 2),
        ("10号楼", 10),
        ("１２栋", 12),
        ("三号楼", 3),
        ("十二号楼", 12),
        ("二十号楼", 20),
        ("二十三栋", 23),
        ("一〇号", 1),
        ("甲楼", 30_001),
        ("", 30_001),
        ("99999999999999999999号", 30_000),
    ],
)
def test_buildings_sort_by_number(name: str, order: int) -> None:
    assert building_order(name) == order


@given(st.text())
def test_no_name_breaks_the_order(name: str) -> None:
    assert 0 <= building_order(name) <= 30_001
