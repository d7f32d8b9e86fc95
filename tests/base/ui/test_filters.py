"""Numbers, shares, sizes and plain text in templates."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from linli.base.clockwork import frozen
from linli.base.ui import filters


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.934, "93.4%"),
        (Decimal("0.0005"), "0.1%"),
        (1, "100.0%"),
        (0, "0.0%"),
        (0.12345, "12.3%"),
        (0.12350, "12.4%"),
        (None, "—"),
    ],
)
def test_a_share_rounds_half_up(share, text):
    assert filters.percent(share) == text


def test_numbers():
    assert filters.number(12345) == "12,345"
    assert filters.number(1234.5, 1) == "1,234.5"
    assert filters.signed(3) == "+3"
    assert filters.signed(-2.04, 1) == "−2.0"
    assert filters.signed(-0.04, 1) == "0.0"
    assert filters.size(1) == "1 KB"
    assert filters.size(1_500_000) == "1.4 MB"
    for one in (filters.number, filters.signed, filters.size, filters.day, filters.moment):
        assert one(None) == "—"


def test_moments_stand_in_time_elements():
    at = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
    with frozen(at):
        assert (
            filters.moment(at) == '<time datetime="2026-03-05T14:30+08:00" title="2026-03-05 14:30">03-05 14:30</time>'
        )
        assert filters.day(at) == '<time datetime="2026-03-05T14:30+08:00">2026-03-05</time>'
        with translation.override("zh-hans"):
            assert "刚刚" in filters.ago(at)


def test_plain_text_becomes_paragraphs_and_stays_plain():
    assert filters.lines("一\n二\r\n\r\n\n<b>三</b>") == "<p>一<br>二</p><p>&lt;b&gt;三&lt;/b&gt;</p>"
    assert filters.lines(None) == ""


def test_found_words_are_marked_and_the_rest_escaped():
    assert filters.mark("<楼道>灯", "楼道") == "&lt;<mark>楼道</mark>&gt;灯"
    assert filters.mark("灯", "") == "灯"
