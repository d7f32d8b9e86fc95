"""The arithmetic of cases needs no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.matters.cases import rules

SECRET = b"secret"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("政府同志。扶贫资金被克扣，签字是代签的", "扶贫资金被克扣，签字是代签的"),
        ("街道办事处，有个事想求助。家里三天没水了", "家里三天没水了"),
        ("各位领导您好，投诉物业费标准", "投诉物业费标准"),
        ("社区门口有人摆摊", "社区门口有人摆摊"),
        ("社区的同志们好：建议。建议给电梯做一次检修", "建议给电梯做一次检修"),
        ("现投诉如下：单元门坏了", "单元门坏了"),
        ("我把情况说一下，麻烦问个事，俺们小区的保安亭没人", "俺们小区的保安亭没人"),
        ("领导啊，建议把飞线捆一捆", "建议把飞线捆一捆"),
        ("物业不清运垃圾", "物业不清运垃圾"),
        ("问一下，医保卡丢了怎么补", "医保卡丢了怎么补"),
        ("诉求人称：天台门没锁", "天台门没锁"),
        ("反映个情况，卫生间漏水", "卫生间漏水"),
        ("您好", "您好"),
    ],
)
def test_a_title_says_what_it_is_about_without_the_greeting(text: str, title: str) -> None:
    assert rules.title_of(text) == title


@given(st.text(max_size=3000))
def test_any_text_has_a_short_title(text: str) -> None:
    assert len(rules.title_of(rules.clean_text(text))) <= rules.TITLE_MOST


@pytest.mark.parametrize("typed", ["+86 138-0013 8000", "１３８００１３８０００", "0086 13800138000", "138 0013 8000"])
def test_a_telephone_number_has_one_spelling(typed: str) -> None:
    assert rules.clean_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    ("digits", "good"),
    [("13800138000", True), ("01083650000", True), ("12345", True), ("1", False), ("23800138000", False)],
)
def test_what_is_a_telephone_number(digits: str, good: bool) -> None:
    assert (rules.problem_of_phone(digits) == "") is good


@pytest.mark.parametrize(
    ("longitude", "latitude", "good"),
    [
        (116.3, 39.9, True),
        (None, None, True),
        (39.9, 116.3, False),
        (116.3, None, False),
        (float("nan"), 1.0, False),
        (999.0, 1.0, False),
    ],
)
def test_what_is_a_point(longitude: float | None, latitude: float | None, good: bool) -> None:
    assert (rules.problem_of_point(longitude, latitude) == "") is good


@given(st.integers(1, 10**9), st.integers(1, 9))
def test_a_tracking_code_opens_its_own_case_only(number: int, version: int) -> None:
    mine, other = f"11010600-2026-{number:06d}", f"11010600-2026-{number + 1:06d}"
    code = rules.tracking_code(SECRET, mine, version)
    assert rules.same_code(SECRET, mine, version, code)
    assert rules.same_code(SECRET, mine, version, code.lower().replace("-", " ").replace("0", "o"))
    assert not rules.same_code(SECRET, other, version, code)
    assert not rules.same_code(SECRET, mine, version + 1, code)
    assert not rules.same_code(b"another", mine, version, code)


def test_both_full_needs_resolved_and_satisfied() -> None:
    assert rules.both_full(True, "satisfied")
    assert (
        not rules.both_full(True, "basic")
        and not rules.both_full(False, "satisfied")
        and not rules.both_full(None, "satisfied")
    )
    assert rules.both_full(True, "basic", {"satisfied": True, "basic": True})


@pytest.mark.parametrize(
    ("resolved", "satisfaction", "round_", "again"),
    [
        (False, "satisfied", 1, True),
        (True, "dissatisfied", 1, True),
        (True, "basic", 1, False),
        (False, "dissatisfied", 3, False),
    ],
)
def test_who_may_go_again(resolved: bool, satisfaction: str, round_: int, again: bool) -> None:
    assert rules.may_go_again(resolved, satisfaction, round_, 3) is again
