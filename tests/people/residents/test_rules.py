"""Rules of people, homes and care, without a database."""

import json
from datetime import date

import pytest

from linli.people.residents import rules

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" 林 小满 ", "林小满"),
        ("Anna  Schmidt", "Anna Schmidt"),
        ("买买提•艾山", "买买提·艾山"),
        ("Ｌｉｎ", "Lin"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_a_name_has_one_spelling(typed: str, clean: str) -> None:
    assert rules.clean_name(typed) == clean
    assert rules.problem_of_name(clean) == ""
    assert rules.clean_name(clean) == clean


@pytest.mark.parametrize("wrong", ["", "林小满13800001111", "林小满(高血压)", "a" * 41, "张三、李四", "林\x00"])
def test_what_is_no_name(wrong: str) -> None:
    assert rules.problem_of_name(wrong)


@pytest.mark.parametrize(
    ("year", "born", "minor"),
    [
        (0, None, False), (2007, None, False), (2008, None, True), (2015, None, True), (1948, None, False),
        (2008, date(2008, 3, 2), False), (2008, date(2008, 3, 3), True),
    ],
)  # fmt: skip
def test_who_may_be_under_age_is_taken_to_be(year: int, born: date | None, minor: bool) -> None:
    assert rules.is_minor(year, TODAY, born) is minor


def test_age_is_counted_in_whole_years() -> None:
    assert rules.age(1948, TODAY) == 78
    assert rules.age(1948, TODAY, date(1948, 3, 3)) == 77
    assert rules.age(0, TODAY) is None
    assert rules.problem_of_birth(1948, date(1949, 1, 1), TODAY)
    assert rules.problem_of_birth(1800, None, TODAY)
    assert rules.problem_of_birth(0, None, TODAY) == ""


def test_nobody_without_a_region_reaches_anybody() -> None:
    assert rules.may_reach(("110106009008",), "110106009008001")
    assert not rules.may_reach(("110106009008",), "110106009009001")
    assert not rules.may_reach((), "110106009008001")
    assert not rules.may_reach(("",), "110106009008001")
    assert rules.may_reach((), "110106009008001", everything=True)


def test_what_was_known_before_is_masked_and_what_undoes_is_left_out() -> None:
    before = {
        "name": "林小满", "phone": "13800001111", "birth_date": "1948-05-04", "identity": "11010519491231002X", "group": "ill",
        "sex": "2", "home": "春光里小区 3号楼 2单元501", "state": "living", "note": "secret", "_residences": [1],
    }  # fmt: skip
    shown = json.loads(rules.mask_before(json.dumps(before, ensure_ascii=False)))
    assert shown == {
        "name": "林**", "phone": "138****1111", "birth_date": "1948-**-**", "identity": "110***********002X", "group": "hidden",
        "sex": "2", "home": "春光里小区***", "state": "living", "note": "****",
    }  # fmt: skip
    assert rules.mask_before("no json") == "{}"


def test_sensitive_groups_are_shown_only_as_being_there() -> None:
    assert {code: rules.mask_group(code) for code in ("old", "tenant", "ill", "young", "pregnant", "disabled", "")} == {
        "old": "old", "tenant": "tenant", "ill": "hidden", "young": "hidden", "pregnant": "hidden", "disabled": "hidden", "": "hidden",
    }  # fmt: skip


def test_the_walk_begins_where_it_is_most_urgent_and_climbs_no_stairs_twice() -> None:
    day = date(2026, 3, 1)
    near, far, farther = (116.27, 39.85), (116.28, 39.85), (116.29, 39.85)
    stops = [
        rules.Stop(1, day, 10, near, (1, 5)), rules.Stop(2, date(2026, 2, 1), 20, farther, (2, 1)), rules.Stop(3, day, 10, near, (1, 2)),
        rules.Stop(4, date(2026, 2, 25), 20, farther, (1, 9)), rules.Stop(2, day, 20, farther, (2, 1)), rules.Stop(5, day, 30, far, ()),
    ]  # fmt: skip
    assert rules.walk(stops, 5) == [4, 2, 5, 3, 1], "the most overdue building, then always the nearest; up the stairs"
    assert rules.walk(stops, 1) == [2]
    assert rules.walk([], 4) == []
    assert sorted(rules.walk(stops, 100)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("林小满", "name"), ("林 小满", "name"), ("Anna Schmidt", "name"), ("林**", "masked"), ("138＊＊＊＊1111", "masked"),
        ("13800001111", "phone"), ("138 0000 1111", "phone"), ("010-88886666", "phone"), ("+86 138-0000-1111", "phone"),
        ("11010519491231002X", "identity"), ("110105 194912 31002x", "identity"), ("110105491231002", "identity"),
        ("春光里3-2-501", "address"), ("3-2-501", "address"), ("13-2-1501", "address"), ("阳光小区3号楼2单元501", "address"), ("  ", ""),
    ],
)  # fmt: skip
def test_one_box_knows_what_is_sought(text: str, kind: str) -> None:
    assert rules.sought(text) == kind


def test_nine_comes_before_ten() -> None:
    assert sorted(["10号楼", "9号楼", "9号楼甲", "甲1号楼"], key=rules.natural) == [
        "9号楼",
        "9号楼甲",
        "10号楼",
        "甲1号楼",
    ]


def test_a_policy_cannot_make_what_is_sensitive_ordinary() -> None:
    group = {
        "code": "ill",
        "name": "x",
        "basis": "x",
        "sensitive": False,
        "consent": "none",
        "review_days": 30,
        "roles": ["a"],
    }
    data = {
        "groups": [group],
        "purposes": [{"code": "visit", "name": "x"}],
        "horizon_days": 7,
        "retry_days": 3,
        "visits_most": 5,
        "list_most": 50,
        "lists_per_hour": 5,
    }
    assert any("敏感" in one for one in rules.care_problems(data))
    group["sensitive"] = True
    assert any("单独同意" in one for one in rules.care_problems(data))
    group["consent"] = "self"
    assert rules.care_problems(data) == []
    assert rules.care_problems({**data, "groups": [group, group]})
    # Both days of a need stand in the clear: how far they are apart must not tell which group it is.
    other = group | {"code": "pregnant"}
    assert rules.care_problems({**data, "groups": [group, other]}) == []
    apart = rules.care_problems({**data, "groups": [group, other | {"review_days": 60}]})
    assert [one for one in apart if "看得出" in one] == apart
    assert rules.care_problems({})
    assert rules.care_problems({**data, "visits_most": 0})
    assert rules.register_problems({"majority": 5, "found_most": 20, "searches_per_hour": 5})
    assert rules.register_problems({"majority": 18, "found_most": 20, "searches_per_hour": 5, "identity_bases": [{}]})
