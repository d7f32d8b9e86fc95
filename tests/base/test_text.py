"""One spelling, bigrams and search terms."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.text import bigrams, contains, normalise, search_terms

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  \t\n\x00 ", ""),
        ("１３号楼，Ａ座！！！", "13号楼 a座"),
        ("电梯\u200b停了", "电梯停了"),
        ("葛\U000e0100先生", "葛先生"),
        ("👨‍👩‍👧漏水❤️了", "漏水 了"),
        ("𠮷祥里", "𠮷祥里"),
        ("\ud800坏", "坏"),
        ("①号楼", "1号楼"),
        ("STRASSE Straße", "strasse strasse"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_bigrams_are_unique_in_order_and_never_span_a_break() -> None:
    assert bigrams("漏水，漏水了。水") == ["漏水", "水了"]
    assert bigrams("电梯 停运") == ["电梯", "停运"]
    assert bigrams("水") == []


def test_two_character_words_are_found() -> None:
    text = "您好，3号楼的电梯又停运了，老人下不了楼。"
    for query in ("电梯", "停运", "3号", "老人下不了楼", "电梯 老人", "电梯，停运"):
        assert set(search_terms(query)) <= set(bigrams(text))
        assert contains(text, query)
    assert not contains(text, "梯停")
    assert not set(search_terms("暖气")) <= set(bigrams(text))


def test_recheck_refuses_what_only_the_bigrams_hold() -> None:
    text = "水管漏水，管道堵了"
    assert set(search_terms("水管道")) <= set(bigrams(text))
    assert not contains(text, "水管道")


def test_rare_characters_and_emoji_are_safe() -> None:
    assert bigrams("𠮷祥里🚒着火") == ["𠮷祥", "祥里", "着火"]
    assert contains("住在𠮷祥里", "𠮷祥")
    assert search_terms("🚒") == []


def test_a_blank_query_matches_everything() -> None:
    assert search_terms(" ，") == []
    assert contains("任何文字", "")


def test_a_hundred_thousand_characters_take_well_under_a_second() -> None:
    start = time.process_time()
    assert len(bigrams("投诉楼上漏水无人管理" * 10_000)) == 10
    assert time.process_time() - start < 0.5


@given(ANY_TEXT)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY_TEXT, st.integers(0, 60), st.integers(0, 60))
def test_whatever_stands_in_a_text_is_found(text: str, start: int, end: int) -> None:
    runs = normalise(text)
    piece = runs[min(start, end) : max(start, end)]
    assert set(search_terms(piece)) <= set(bigrams(runs))
    assert contains(runs, piece)
