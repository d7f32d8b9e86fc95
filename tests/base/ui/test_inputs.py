"""What many forms ask for in the same way."""

from datetime import date

import pytest
from django import forms

from linli.base.ui.inputs import DayField


class Asked(forms.Form):
    on = DayField(label="日期")


@pytest.mark.parametrize(("typed", "day"), [("1900-01-01", date(1900, 1, 1)), ("2199-12-31", date(2199, 12, 31))])
def test_a_day_within_the_calendar_is_taken(typed: str, day: date) -> None:
    form = Asked({"on": typed})
    assert form.is_valid()
    assert form.cleaned_data["on"] == day


@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_beyond_it_is_refused_beside_the_field(typed: str) -> None:
    form = Asked({"on": typed})
    assert form.errors["on"] == ["请填 1900 年到 2199 年之间的日期。"]
