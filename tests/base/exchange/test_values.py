"""Days, sexes, counts and what is nothing, in the spellings that sheets have."""

from datetime import date

import pytest

from linli.base.exchange import values
from linli.base.exchange.values import Day


@pytest.mark.parametrize(
    "text",
    ["1956-03-01", "1956/3/1", "1956.3.1", "1956年3月1日", "1956年03月01号", "19560301", "20515", "一九五六年三月一日",
     "1956-03-01 00:00:00", "1956 3 1", " 1956 年 3 月 1 日 ", "１９５６－３－１", "1956-3-1 8:30"],
)  # fmt: skip
def test_one_day_in_many_spellings(text):
    assert values.day(text).whole == date(1956, 3, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1956", Day(1956)), ("1956年", Day(1956)), ("195603", Day(1956, 3)), ("1956年3月", Day(1956, 3)), ("1956-03", Day(1956, 3)),
     ("1956.03", Day(1956, 3)), ("一九五六年十二月", Day(1956, 12)), ("31/12/1956", Day(1956, 12, 31)), ("12/31/1956", Day(1956, 12, 31)),
     ("二〇二六年十月二十一日", Day(2026, 10, 21))],
)  # fmt: skip
def test_months_years_and_backward_days(text, expected):
    assert values.day(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1956-02-30", "没有这一天"), ("1956-13-01", "月份"), ("1/2/1956", "分不清"), ("56.3.1", "不是日期"), ("农历1956年三月", "公历"),
     ("张三", "不是日期"), ("", "不是日期"), ("1756-01-01", "年份"), ("9999-01-01", "年份"), ("13800138000", "不是日期"), ("1e400", "不是日期")],
)  # fmt: skip
def test_what_is_no_day(text, reason):
    with pytest.raises(ValueError, match=reason):
        values.day(text)


@pytest.mark.parametrize(
    ("text", "code"), [("男", "1"), ("女性", "2"), ("1", "1"), ("F", "2"), ("不详", "0"), ("1-男", "1"), (" 女 ", "2")]
)
def test_sexes(text, code):
    assert values.sex(text) == code


def test_what_is_no_sex_yes_count_or_amount():
    for read, text in (
        (values.sex, "汉"),
        (values.yes, "也许"),
        (values.count, "三"),
        (values.count, "1.5"),
        (values.amount, "大"),
    ):
        with pytest.raises(ValueError):
            read(text)


def test_yes_counts_and_amounts():
    assert values.yes("是") and values.yes("√") and not values.yes("否") and not values.yes("")
    assert values.count("78岁") == 78 and values.count("3.0") == 3 and values.count("1,200") == 1200
    assert values.amount("86.5㎡") == 86.5 and values.amount("-1.25") == -1.25


def test_what_stands_for_nothing():
    assert all(values.is_nothing(text) for text in ("", " ", "无", "-", "—", "N/A", "不详", "／"))
    assert not values.is_nothing("吴")


def test_how_values_look():
    assert values.fits("date", ["1956-03-01", "x", "无"]) == 0.5
    assert values.fits("date", ["", "无"]) is None
    assert values.fits("unknown", ["1"]) is None
    assert values.fits("person_name", ["张三", "阿依古丽·买买提", "春光里小区", "12"]) == 0.5
    assert values.fits("phone", ["13800138000、13900139000", "6123456", "138****0000", "x"]) == 0.75
