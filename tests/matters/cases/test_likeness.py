"""How alike two letters are, for the list of likely duplicates."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.matters.cases.classifier import likeness
from linli.matters.cases.demo_texts import Place, invent

ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)


@given(ANY_TEXT, ANY_TEXT)
def test_it_is_between_nothing_and_one_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@given(st.text(alphabet="电梯停暖气不热漏水垃圾", min_size=4, max_size=40))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert likeness(text, text) == pytest.approx(1)


@pytest.mark.parametrize("nothing", ["", "水", "😀😀", "\x00", "，。！", "\ud800"])
def test_what_says_nothing_is_like_nothing(nothing: str) -> None:
    assert likeness(nothing, nothing) == 0
    assert likeness(nothing, "电梯坏了") == 0


def test_spelling_does_not_matter() -> None:
    assert likeness("３号楼Ａ座电梯停运！！", "3号楼a座电梯停运") == pytest.approx(1)


def test_a_brief_call_about_a_long_letter_scores_above_politeness() -> None:
    letter = "尊敬的领导您好，3号楼的电梯已经停运五天了，找过物业好几次都说在等配件，老人下不了楼，请尽快维修，谢谢！"
    same = "3号楼电梯停运好几天"
    polite = "尊敬的领导您好，小区垃圾没人清运，找过物业好几次，请尽快处理，谢谢！"
    assert likeness(letter, same) > 0.3 > likeness(letter, polite)


def test_the_same_fact_told_twice_is_found_among_others() -> None:
    rng = random.Random("alike")
    place = Place("安和里小区", "3号楼", "2单元", "安和路")
    letters = [invent(rng, "utilities.heating", month=1, place=place, kind="complaint") for _ in range(60)]
    same = [likeness(a.text, b.text) for a in letters for b in letters if a is not b and a.frame == b.frame]
    other = [likeness(a.text, invent(rng, "traffic.parking", place=place).text) for a in letters]
    assert sum(same) / len(same) > 0.25
    assert sum(other) / len(other) < 0.08


def test_long_texts_are_cut_not_suffered() -> None:
    start = time.process_time()
    likeness("楼上漏水没人管" * 20_000, "楼上漏水" * 20_000)
    assert time.process_time() - start < 0.3
