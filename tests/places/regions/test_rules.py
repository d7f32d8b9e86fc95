"""Region codes: levels, prefixes, what people write. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.regions.rules import (
    BEIJING_15,
    DIGITAL_20,
    NATIONAL_14,
    InvalidCode,
    Level,
    Scheme,
    ancestor_codes,
    bounds,
    check_urban_rural,
    level_of,
    normalise,
    parent_code,
    short_name,
    validate,
)

PATH = ["11", "1101", "110106", "110106009", "110106009008", "110106009008001"]
codes = st.text("0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(("code", "level"), list(zip(PATH, Level, strict=True)))
def test_the_length_tells_the_level(code: str, level: Level) -> None:
    assert level_of(code) is level


def test_each_code_names_its_parent_and_its_ancestors() -> None:
    assert [parent_code(code) for code in PATH] == [None, *PATH[:-1]]
    assert ancestor_codes(PATH[-1]) == PATH[:-1]
    assert ancestor_codes("11") == []


def test_a_length_without_level_is_refused_in_words() -> None:
    with pytest.raises(InvalidCode, match=r"应为 2、4、6、9、12 或 15 位，“1101060090080”是 13 位"):
        level_of("1101060090080")


@pytest.mark.parametrize(
    ("scheme", "grid", "community"),
    [
        (BEIJING_15, "110106009008001", "110106009008"),
        (NATIONAL_14, "11010600900801", "110106009008"),
        (DIGITAL_20, "11010600900801", "110106009008"),
    ],
)
def test_grid_codes_of_the_three_schemes(scheme: Scheme, grid: str, community: str) -> None:
    assert validate(grid, scheme) == grid
    assert level_of(grid, scheme) is Level.GRID
    assert parent_code(grid) == community


def test_the_grid_of_another_scheme_is_refused() -> None:
    with pytest.raises(InvalidCode, match="应为 2、4、6、9、12 或 14 位"):
        validate("110106009008001", NATIONAL_14)


def test_twenty_digits_lose_the_six_that_name_no_place() -> None:
    assert validate("01010111010600900803", DIGITAL_20) == "11010600900803"


def test_grid_00_of_the_twenty_digits_is_the_community_itself() -> None:
    assert validate("01010111010600900800", DIGITAL_20) == "110106009008"


@pytest.mark.parametrize(("digits", "object_digits"), [(0, 0), (9, 0), (2, 9), (2, -1)])
def test_a_scheme_with_impossible_digits_cannot_be_made(digits: int, object_digits: int) -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        Scheme("odd", "odd", digits, object_digits)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("110106000000", "110106"),
        ("110106009000", "110106009"),
        ("110100000000", "1101"),
        ("110000", "11"),
        ("110106", "110106"),
        ("１１０１０６００９００８", "110106009008"),
        (" 1101 0600 9008 ", "110106009008"),
        ("'110106009008001", "110106009008001"),
        (110106009008.0, "110106009008"),
        ("110106009008.0", "110106009008"),
        (110106009008, "110106009008"),
        ("441900", "441900"),
        ("441900003000", "441900003"),
    ],
)
def test_what_people_and_spreadsheets_write(written: object, code: str) -> None:
    assert validate(written) == code


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "没有填写"),
        ("   ", "没有填写"),
        (None, "只能由数字组成"),
        ("1101O6", "第 5 位是“O”"),
        ("11-01", "第 3 位是“-”"),
        ("二三", "第 1 位是“二”"),
        ("99", "不是省级代码"),
        ("1", "不是省级代码"),
        ("000000", "不是省级代码"),
        ("1101061", "是 7 位"),
        ("110106009008000", "最后一段全是 0"),
        ("1.10106E+14", "尾数已经丢失"),
        (1.10106009008001e15, "尾数已经丢失"),
        (110106.5, "尾数已经丢失"),
        (float("nan"), "尾数已经丢失"),
        (float("inf"), "尾数已经丢失"),
        ("11\x00", "第 3 位"),
        ("𠮷", "第 1 位是“𠮷”"),
        ("9" * 5000, "不是省级代码"),
        ("1" * 5000, "是 5000 位"),
    ],
)
def test_bad_codes_are_refused_with_the_reason(written: object, reason: str) -> None:
    with pytest.raises(InvalidCode, match=reason):
        validate(written)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_no_input_breaks_the_check(written: object) -> None:
    try:
        code = validate(written)
    except InvalidCode:
        return
    assert code.isascii()
    assert code.isdigit()
    assert validate(code) == code


@given(codes, codes)
def test_the_range_of_a_prefix_is_exactly_its_subtree(code: str, prefix: str) -> None:
    low, high = bounds(prefix)
    assert (low <= code < high) == code.startswith(prefix)


@given(codes, st.integers(1, 20))
def test_a_longer_code_lies_in_the_range_of_its_own_prefix(code: str, length: int) -> None:
    low, high = bounds(code[:length])
    assert low <= code < high


def test_no_prefix_is_no_scope() -> None:
    with pytest.raises(ValueError, match="at least one digit"):
        bounds("")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("滨西社区居民委员会", "滨西社区"),
        ("三棉东社区居委会", "三棉东社区"),
        ("柿园村委会", "柿园村"),
        ("友谊村村民委员会", "友谊村"),
        ("丰台街道办事处", "丰台街道"),
        ("大北里社区", "大北里社区"),
        ("居委会", "居委会"),
        ("村委会", "村委会"),
        ("", ""),
    ],
)
def test_the_everyday_name(name: str, short: str) -> None:
    assert short_name(name) == short


def test_urban_rural_class() -> None:
    assert check_urban_rural(" 111 ") == "111"
    assert check_urban_rural(220.0) == "220"
    assert check_urban_rural(None) == ""
    with pytest.raises(InvalidCode, match="没有“999”"):
        check_urban_rural("999")


def test_normalise_leaves_an_unpadded_code_alone() -> None:
    assert normalise("110106009008001") == "110106009008001"
