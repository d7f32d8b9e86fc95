"""Times in words: `now` is an argument, the site's time zone decides about days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from linli.base.ui import words

NOW = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai, a Thursday


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def test_a_table_shows_days_and_moments_in_shanghai():
    late = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
    assert words.day(late) == "2026-03-06"
    assert words.moment(late, NOW) == "03-06 01:00"
    assert words.moment(late.replace(year=2025), NOW) == "2025-03-06 01:00"


def test_a_naive_moment_is_a_mistake():
    with pytest.raises(ValueError, match="naive"):
        words.moment(datetime(2026, 3, 5), NOW)  # noqa: DTZ001


def test_sentences_name_month_day_and_weekday():
    assert words.day_words(date(2026, 3, 5), NOW) == "3月5日（周四）"
    assert words.day_words(date(2025, 12, 31), NOW) == "2025年12月31日"
    assert words.moment_words(NOW, NOW) == "3月5日（周四） 14:30"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "刚刚"),
        (59, "刚刚"),
        (60, "1 分钟前"),
        (3599, "59 分钟前"),
        (3600, "1 小时前"),
        (47 * 3600, "47 小时前"),
        (48 * 3600, "2 天前"),
        (7 * 86400, "02-26 14:30"),
        (-2 * 3600, "2 小时后"),
    ],
)
def test_ago(seconds, text):
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("hours", "state", "text"),
    [
        (3, "soon", "还剩 3 小时"),
        (24, "soon", "还剩 24 小时"),
        (49, "calm", "还剩 2 天"),
        (0, "soon", "还剩 1 分钟"),
        (-0.5, "over", "已超 30 分钟"),
        (-50, "over", "已超 2 天"),
    ],
)
def test_an_open_due_date(hours, state, text):
    found = words.due_words(NOW + timedelta(hours=hours), NOW)
    assert (found.state, found.text) == (state, text)


def test_a_finished_or_paused_or_unlimited_matter():
    due = NOW - timedelta(hours=5)
    assert words.due_words(due, NOW, done=due) == words.Due("met", "按时")
    assert words.due_words(due, NOW, done=NOW) == words.Due("late", "超 5 小时")
    assert words.due_words(due, NOW, paused=True) == words.Due("paused", "已暂停计时")
    assert words.due_words(None, NOW) == words.Due("none", "不限时")
