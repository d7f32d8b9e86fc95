"""Cells as people fill them: what one row of a sheet of people is read as, and what is said of those that cannot be read."""

from datetime import date

import pytest

from linli.doors.intake.registers import showing
from linli.doors.intake.registers.targets import people

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    "written",
    [
        "13800138000／13900139001",
        "138 0013 8000、13900139001",
        "13800138000 13900139001",
        "138-0013-8000\n010-12345678",
        "13800138000或13900139001",
        "１３８００１３８０００；无",
        "+86 138 0013 8000",
    ],
)
def test_of_several_numbers_the_first_that_is_one(written: str) -> None:
    assert people.first_phone(written) == "13800138000"


def test_a_landline_with_a_space_is_one_number() -> None:
    assert people.first_phone("010 62345678") == people.first_phone("010-62345678") == "010-62345678"


@pytest.mark.parametrize(("written", "born"), [
    ("1990.5", 1990), ("1990.5.6", 1990), ("1990/05/06", 1990), ("19900506", 1990), ("199005", 1990), ("1990年5月", 1990),
    ("九〇年五月", 1990), ("一九九〇年五月六日", 1990), ("32999", 1990), ("1990-05-06 00:00:00", 1990), ("1990", 1990),
    ("90年5月", 1990), ("１９９０．５", 1990), ("1990年5月6日生", 0), ("民国79年", 0), ("05/06/1990", 0), ("1990.13", 0), ("90.5", 0),
    ("1990-02-30", 0), ("2月29日", 0),
])  # fmt: skip
def test_days_are_read_in_many_writings_and_never_guessed(written: str, born: int) -> None:
    row = {"name": "王小甲", "birth": written}
    if born:
        assert people.read(row, TODAY, {}, 18).told["birth_year"] == born
    else:
        with pytest.raises(people.Wrong) as wrong:
            people.read(row, TODAY, {}, 18)
        assert wrong.value.name == "birth" and written not in wrong.value.reason


@pytest.mark.parametrize(("written", "sex"), [
    ("11010519491231002X", "2"), ("11010519491231002x", "2"), ("１１０１０５１９４９１２３１００２Ｘ", "2"), ("'11010519491231002X", "2"),
    ("110105 19491231 002X", "2"), ("110105491231002", "2"), ("1.10105E+17", ""), ("1.10105194912310E+17", ""),
    ("110105194912310000", ""), ("11010519491231002", ""), ("110105********002X", ""), ("11010519491331002X", ""),
])  # fmt: skip
def test_identity_numbers_as_they_are_written(written: str, sex: str) -> None:
    row = {"name": "王小甲", "identity": written}
    if sex:
        assert people.read(row, TODAY, {}, 18).told["sex"] == sex
    else:
        with pytest.raises(people.Wrong) as wrong:
            people.read(row, TODAY, {}, 18)
        assert wrong.value.name == "identity" and written not in wrong.value.reason


@pytest.mark.parametrize("row", [
    {"sex": "男", "identity": "11010519491231002X"},
    {"birth": "1949-12-30", "identity": "11010519491231002X"},
    {"sex": "不男"},
    {"age": "一百三"},
    {"age": "130"},
    {"phone": "12345"},
    {"phone": "1380013800"},
])  # fmt: skip
def test_what_contradicts_itself_is_no_row(row: dict[str, str]) -> None:
    with pytest.raises(people.Wrong):
        people.read({"name": "王小甲", **row}, TODAY, {}, 18)


@pytest.mark.parametrize("written", ["二〇一〇年一月一日", "32999", "1990-05-06", "19900506", "90年5月6日", "5/6/1990"])
def test_of_a_day_the_year_at_most_is_shown(written: str) -> None:
    assert showing.masked(written, "date") in (f"{written[0]}…", "1990…")
