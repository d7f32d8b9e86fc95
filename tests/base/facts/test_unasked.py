"""What is not to be written of anybody: a gentle word with its reason, before it is saved, and never a silent block."""

import pytest
from django import forms

from linli.base import policies
from linli.base.actor import system
from linli.base.commands.models import ReadRow
from linli.base.facts import unasked
from linli.base.facts.asking import add_given
from linli.base.scope import enter
from tests.cast import Cast
from tests.people.residents.stories import someone


class Plain(forms.Form):
    note = forms.CharField()

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data)
        unasked.watch(self, "note")


@pytest.mark.usefixtures("everything")
def test_the_word_and_the_reason_stand_beside_the_field() -> None:
    form = Plain({"note": "老人有糖 尿病，子女在外地"})
    assert not form.is_valid()
    told = form.errors["note"][0]
    assert "“糖尿病”" in told and "不记病名" in told and "照这样留下" in told
    assert [bound.name for bound in form.visible_fields()] == ["note", unasked.KEEP], "the tick is offered now"
    assert form["note"].value() == "老人有糖 尿病，子女在外地", "nothing typed is lost"
    kept = Plain({"note": "老人有糖 尿病，子女在外地", unasked.KEEP: "on"})
    assert kept.is_valid()
    plain = Plain({"note": "子女在外地，周三后来过"})
    assert plain.is_valid() and [bound.name for bound in plain.visible_fields()] == ["note"]


@pytest.mark.usefixtures("everything")
def test_facts_of_a_register_are_watched_too() -> None:
    form = forms.Form({"source": "户主说他是上访户", "reason": "再婚后改名"})
    add_given(form, reason=True)
    assert not form.is_valid()
    assert "上访户" in form.errors["source"][0] and "再婚" in form.errors["reason"][0]


def test_the_list_of_the_rules_is_all_there() -> None:
    """Every kind that is never collected (rules of the least that is necessary) has its word."""
    data = policies.registry.shipped()["unasked"]
    for text in ("民族", "信仰", "血型", "指纹", "人脸", "婚史", "政治面貌", "月收入", "病史", "身份证照片", "轨迹"):
        assert unasked.found(data, text), text
    assert unasked.problems(data) == []
    assert unasked.problems({}) and unasked.problems({"kinds": [{"name": "x", "why": "", "words": [""]}]})


def test_an_emergency_note_is_watched_and_may_stay(cast: Cast) -> None:
    row = someone(cast)
    client, address = cast.client("grid_worker"), f"/residents/{row.pk}/urgent/"
    sent = {"fields_wanted": ["phone"], "note": "老人心脏病发作，要找家属"}
    first = client.post(address, sent)
    text = first.content.decode()
    assert first.status_code == 422 and "不记病名" in text and 'name="keep_words"' in text
    assert 'type="checkbox"' in text.split('name="keep_words"')[0][-200:] + text.split('name="keep_words"')[1][:200]
    assert "老人心脏病发作，要找家属" in text and "13800001111" not in text
    enter(system("test"))
    assert not ReadRow.objects.filter(subject_kind="residents.person").exists()
    assert "13800001111" in client.post(address, sent | {"keep_words": "on"}).content.decode()
