"""Form fields as templates see them, and the pages' own query strings."""

from datetime import date

import pytest
from django import forms
from django.test import RequestFactory

from linli.base.ui import fields, query
from linli.base.ui.inputs import DayField

WAYS = [("", "---------"), ("a", "甲"), ("组", [("b", "乙"), ("c", "丙")])]


class Sample(forms.Form):
    name = forms.CharField(label="姓名", max_length=40, help_text="写全名")
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    way = forms.ChoiceField(choices=WAYS, required=False)
    kinds = forms.MultipleChoiceField(choices=[("1", "一"), ("2", "二")], required=False)
    day = DayField(required=False, initial=date(2026, 3, 5))
    text = forms.CharField(widget=forms.Textarea, max_length=500)
    photo = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))
    agreed = forms.BooleanField(required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("name", "text"),
        ("phone", "tel"),
        ("way", "select"),
        ("kinds", "checkboxes"),
        ("day", "date"),
        ("text", "textarea"),
        ("photo", "file"),
        ("agreed", "checkbox"),
        ("secret", "hidden"),
    ],
)
def test_the_widget_decides_the_kind(name, kind):
    assert fields.field_view(Sample()[name]).kind == kind


def test_what_was_typed_stays_and_the_error_is_named():
    view = fields.field_view(Sample({"name": "", "way": "z", "text": "很长的话"})["name"])
    assert view.errors
    assert view.described_by == "id_name-help id_name-error"
    assert fields.field_view(Sample({"text": "很长的话"})["text"]).value == "很长的话"


def test_choices_keep_their_groups_and_the_chosen_one():
    view = fields.field_view(Sample({"way": "c"})["way"])
    assert [(choice.value, choice.group, choice.selected) for choice in view.choices] == [
        ("", "", False),
        ("a", "", False),
        ("b", "组", False),
        ("c", "组", True),
    ]
    assert view.text == "丙"
    assert fields.field_view(Sample({"kinds": ["1", "2"]})["kinds"]).text == "一、二"
    assert fields.field_view(Sample()["way"]).text == ""


def test_a_date_is_what_an_input_wants():
    assert fields.field_view(Sample()["day"]).value == "2026-03-05"


def test_every_nonce_is_new():
    assert len({fields.nonce() for _ in range(100)}) == 100


def test_changing_the_query_drops_cursors_and_empty_values():
    request = RequestFactory().get("/cases/", {"state": ["a", "b"], "after": "x", "q": "灯"})
    assert query.changed(request, {"q": None}) == "/cases/?state=a&state=b"
    assert query.changed(request, {"after": "y", "state": None, "q": ""}) == "/cases/?after=y"


def test_the_target_of_a_fragment_is_read_from_htmx():
    def asked(**headers: str) -> bool:
        return query.wanted(RequestFactory().get("/", headers=headers), "panel-body")

    assert asked(**{"HX-Request": "true", "HX-Target": "div#panel-body"})
    assert not asked(**{"HX-Request": "true", "HX-Target": "div#list"})
    assert not asked(**{"HX-Target": "div#panel-body"})
