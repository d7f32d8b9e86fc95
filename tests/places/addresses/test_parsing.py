"""Addresses as people write them: one meaning, many spellings."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from linli.places.addresses.parsing import (
    Parsed,
    building_key,
    chinese_number,
    door_key,
    floor_of,
    parse_address,
    readings,
)

SUNNY = Parsed("阳光小区", "3", "2", "501")


@pytest.mark.parametrize(
    "text",
    [
        "阳光小区3号楼2单元501",
        "阳光小区 3-2-501",
        "阳光小区3—2—501",
        "阳光小区，3号楼，2单元，501室",
        "阳光小区３号楼２单元５０１室",
        "阳光小区三号楼二单元五〇一",
        "阳光小区3幢2单元501",
        "阳光小区3栋2门501",
        "阳光小区3#楼2单元501",
        "阳光小区3#2单元501号",
        "阳光小区03号楼02单元0501",
        "阳光小区3座2梯501房",
        "阳光小区3号楼2单元5层501",
        "阳光小区3号楼2单元5楼01",
        "阳光小区3-2-5-01",
        " 阳光小区 3 2 501 ",
    ],
)
def test_one_meaning_many_spellings(text: str) -> None:
    assert parse_address(text) == SUNNY


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("阳光小区3-501", Parsed("阳光小区", "3", "", "501")),
        ("阳光小区3号楼501", Parsed("阳光小区", "3", "", "501")),
        ("阳光小区3号楼2单元", Parsed("阳光小区", "3", "2")),
        ("阳光小区A座1203", Parsed("阳光小区", "a", "", "1203")),
        ("A座1203", Parsed("", "a", "", "1203")),
        ("3-2-501", Parsed("", "3", "2", "501")),
        ("501", Parsed(room="501")),
        ("阳光小区", Parsed("阳光小区")),
        ("", Parsed()),
        ("柿园村12号", Parsed("柿园村", "12")),
        ("柿园村第2村民组1排5号", Parsed("柿园村第2村民组", "1排", "", "5")),
        ("槐荫路15号院3号楼2单元501", Parsed("槐荫路15号院", "3", "2", "501")),
        ("三里屯三号楼", Parsed("三里屯", "3")),
        ("十八里店十号楼", Parsed("十八里店", "10")),
        ("221厂家属院二十一号楼", Parsed("221厂家属院", "21")),
        ("阳光小区二期3号楼", Parsed("阳光小区二期", "3")),
        ("阳光小区A区3栋", Parsed("阳光小区a区", "3")),
        ("建国门外大街甲12号", Parsed("建国门外大街", "甲12")),
        ("甲5号楼1门101", Parsed("", "甲5", "1", "101")),
        ("阳光小区3号楼东单元501", Parsed("阳光小区", "3", "东", "501")),
        ("阳光小区3号楼地下室", Parsed("阳光小区", "3", "", "地下室")),
        ("阳光小区10号楼B101", Parsed("阳光小区", "10", "", "b101")),
    ],
)
def test_parts_that_are_missing_or_odd(text: str, parsed: Parsed) -> None:
    assert parse_address(text) == parsed


def test_what_can_be_read_in_two_ways_is() -> None:
    assert Parsed("柿园村", "", "", "12") in readings("柿园村12号")
    assert Parsed("槐荫路", "15") in readings("槐荫路15号院")
    assert Parsed("阳光小区", "3") in readings("阳光小区3")
    whole = "北京市丰台区丰台街道北大街北里社区春光里小区3号楼2单元501室"
    assert Parsed("春光里小区", "3", "2", "501") in readings(whole)
    assert Parsed("向阳花园北", "3") in readings("向阳花园北3号楼")


@pytest.mark.parametrize(
    ("name", "key"),
    [("3号楼", "3"), ("３＃", "3"), ("三栋", "3"), ("03幢", "3"), ("甲5号楼", "甲5"), ("A座", "a"), ("2排", "2排"),
     ("15号院", "15"), ("办公楼", "办公楼"), ("综合楼 东", "综合楼东")],
)  # fmt: skip
def test_a_building_has_one_key(name: str, key: str) -> None:
    assert building_key(name) == key


def test_doors_and_floors() -> None:
    assert [door_key(one) for one in ("二单元", "2", "2门", "501室", "０５０１", "B101", "东单元")] == [
        "2", "2", "2", "501", "501", "b101", "东",
    ]  # fmt: skip
    assert [floor_of(one) for one in ("501", "1203", "b101", "12", "地下室", "10203")] == [5, 12, -1, None, None, 102]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21), ("一百零三", 103), ("一百二十", 120), ("五〇一", 501),
     ("一二〇三", 1203), ("一百一十二", 112), ("两", 2), ("一百二", 120)],
)  # fmt: skip
def test_chinese_numbers(numeral: str, value: int) -> None:
    assert chinese_number(numeral) == value


@pytest.mark.parametrize("numeral", ["", "楼", "十十", "百百", "二三十", "一百百"])
def test_what_is_no_number(numeral: str) -> None:
    with pytest.raises(ValueError, match="number"):
        chinese_number(numeral)


def numeral_of(number: int) -> str:
    """A number under a thousand as it is spoken; written apart from the parser."""
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


@given(st.integers(1, 999))
def test_every_spoken_number_is_read(number: int) -> None:
    assert chinese_number(numeral_of(number)) == number


NAMES = st.sampled_from(["阳光小区", "春光里", "八一家属院", "三里屯北小区", "221厂宿舍", "soho现代城", "柳荫巷7号院"])


@given(
    NAMES,
    st.integers(1, 99),
    st.integers(0, 20),
    st.integers(1, 33),
    st.integers(1, 12),
    st.sampled_from(["号楼", "幢", "栋", "#楼", "座", "-"]),
    st.sampled_from(["单元", "门", "-"]),
    st.booleans(),
    st.sampled_from(["", "室", "号"]),
)
@example("阳光小区", 3, 2, 5, 1, "号楼", "单元", True, "")
def test_any_spelling_of_a_full_address(
    name: str, building: int, unit: int, floor: int, door: int, word: str, gate: str, spoken: bool, end: str
) -> None:
    room = f"{floor}{door:02d}"
    assume(not (word == "-" and gate not in ("-",)))
    said = numeral_of if spoken and word != "-" else str
    middle = f"{said(unit)}{gate}" if unit else ""
    joint = " " if word == "-" else ""
    text = f"{name}{joint}{said(building)}{word}{middle}{room}{end}"
    assume(not (gate == "-" and unit and word != "-" and spoken))
    assert parse_address(text) == Parsed(name, str(building), str(unit) if unit else "", room)


@given(st.text(max_size=200))
def test_nothing_is_too_odd(text: str) -> None:
    first = parse_address(text)
    assert first == readings(text)[0]
    assert len(building_key(text)) <= 30
    assert len(door_key(text)) <= 12


@given(NAMES, st.integers(1, 99), st.integers(1, 9), st.integers(101, 3399))
def test_its_own_label_is_read_back(name: str, building: int, unit: int, room: int) -> None:
    assert parse_address(f"{name} {building}号楼 {unit}单元{room}") == Parsed(name, str(building), str(unit), str(room))
