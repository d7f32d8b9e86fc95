"""What may never be stored of anybody (the rule of the least that is necessary): no column, no form field, no key of a policy, no target of an import.

The list: ethnicity, religion, blood group, fingerprints, faces, marital history, political status, income, names of illnesses, pictures of
identity cards, tracks. Members of the party stand in the room of the party only.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models

import linli
from linli.base.actor import system
from linli.base.commands import COMMANDS
from linli.base.crypto import BlindIndexField, SealedField
from linli.base.policies import registry
from linli.base.scope import enter
from linli.doors.intake.registers import targets
from linli.people.residents import commands
from linli.people.residents.models import Person
from tests.cast import Cast
from tests.people.residents.stories import door

# Whole words of names.
WORDS = frozenset(
    [
        "ethnicity",
        "ethnic",
        "nationality",
        "nation",
        "race",
        "tribe",
        "religion",
        "religious",
        "faith",
        "belief",
        "church",
        "blood",
        "bloodtype",
        "fingerprint",
        "fingerprints",
        "iris",
        "dna",
        "face",
        "faces",
        "facial",
        "biometric",
        "biometrics",
        "portrait",
        "selfie",
        "marital",
        "marriage",
        "married",
        "divorced",
        "divorce",
        "spouse",
        "widowed",
        "political",
        "politics",
        "allegiance",
        "income",
        "salary",
        "wage",
        "wages",
        "earnings",
        "wealth",
        "disease",
        "diseases",
        "illness",
        "diagnosis",
        "diagnoses",
        "symptom",
        "symptoms",
        "medicine",
        "medication",
        "cancer",
        "hiv",
        "mental",
        "psychiatric",
        "addiction",
        "criminal",
        "conviction",
        "track",
        "tracks",
        "trajectory",
        "whereabouts",
        "geolocation",
        "plate",
    ]
)
CHINESE = (
    "民族", "宗教", "信仰", "信教", "血型", "指纹", "虹膜", "人脸", "面部", "婚姻", "婚史", "婚否", "政治面貌", "收入", "工资",
    "病名", "病史", "疾病", "患病", "诊断", "精神障碍", "艾滋", "身份证照", "证件照", "轨迹", "前科", "犯罪",
)  # fmt: skip
# Words with another meaning: a case is followed by its number, pay that was withheld is a category of complaints, a hash of a header row.
MEANT = frozenset({"cases.track", "market.wages"})
HASHES = ("registers.", "fingerprint 表头指纹")
# Where cards of members are kept, and nothing else about them.
PARTY = "linli.people.party"
# Policies whose data *names* what is refused, so that a sheet's column can be recognised and left out.
REFUSING = frozenset({"headers"})


def words_of(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def wrong(where: str, name: str, label: str) -> str:
    """Why this name or label is not to be; empty when it may."""
    if name in MEANT or (where.startswith(HASHES[0]) and f"{name} {label}".startswith(HASHES[1])):
        return ""
    found = sorted(words_of(name) & WORDS) + [word for word in CHINESE if word in label]
    return f"{where}: {name} {label} ({'、'.join(found)})" if found else ""


@cache
def all_forms() -> tuple[type[forms.BaseForm], ...]:
    """Every form of Linli, whatever file it stands in."""
    for module in pkgutil.walk_packages(linli.__path__, "linli."):
        if "forms" in module.name and ".migrations" not in module.name:
            importlib.import_module(module.name)

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return tuple({one for one in below(forms.BaseForm) if one.__module__.startswith("linli.")})


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("linli.")]


def keys(data: Any) -> Iterator[str]:
    """Every key of a policy, and the codes by which its rows are known."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            if key == "code" and isinstance(value, str):
                yield value
            yield from keys(value)
    elif isinstance(data, list):
        for value in data:
            yield from keys(value)


def test_no_column_can_hold_it() -> None:
    found = [
        wrong(model._meta.label, field.name, f"{field.verbose_name} {dict(getattr(field, 'flatchoices', ()) or ())}")
        for model in ours()
        for field in model._meta.local_fields
    ]
    found += [wrong("model", model.__name__, str(model._meta.verbose_name)) for model in ours()]
    assert [one for one in found if one] == []


def test_no_form_asks_for_it() -> None:
    assert len(all_forms()) > 60
    found = [
        wrong(form.__qualname__, name, str(field.label or ""))
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
    ]
    assert [one for one in found if one] == []


def test_no_policy_has_a_key_for_it() -> None:
    found = [
        wrong(f"policy {code}", key, "")
        for code, data in registry.shipped().items()
        if code not in REFUSING
        for key in keys(data)
    ]
    assert [one for one in found if one] == []


def test_no_sheet_brings_it_in() -> None:
    found = [
        wrong(f"target {code}", field.code, str(field.label))
        for code in targets.codes()
        for field in targets.get(code).fields
    ]
    assert len(found) > 10
    assert [one for one in found if one] == []


def test_no_command_takes_it() -> None:
    found = [
        wrong(name, parameter, "") for name, one in COMMANDS.items() for parameter in (name, *one.signature.parameters)
    ]
    assert [one for one in found if one] == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("bloodType", ""),
        ("ethnicity_code", ""),
        ("x", "民族"),
        ("x", "政治面貌"),
        ("monthly_income", ""),
        ("x", "疾病名称"),
        ("idTracks", ""),
    ],
)
def test_the_list_would_find_it(name: str, label: str) -> None:
    assert wrong("planted", name, label)


# Texts of a fixed kind that people do not write freely: codes of lists, names of staff, codes of places.
FIXED = {
    "statutory_basis", "region_code", "purpose", "verified_by", "verifier", "kind", "state", "source", "sex", "ending", "consent", "act",
    "reason",
}  # fmt: skip


def test_what_is_said_about_a_person_is_chosen_from_lists() -> None:
    """No free text stands on the register of residents: there is nowhere to write an illness, a belief or an opinion."""
    for model in apps.get_app_config("residents").get_models():
        for field in model._meta.local_fields:
            assert not isinstance(field, models.TextField | models.JSONField | models.FileField), field
            if isinstance(field, models.CharField):
                assert field.name in FIXED, f"{model.__name__}.{field.name} is a text of its own"
            if isinstance(field, models.BinaryField):
                assert isinstance(field, SealedField | BlindIndexField), field


def test_what_a_batch_brings_along_is_not_kept(cast: Cast) -> None:
    row = {
        "name": "林小满",
        "dwelling": door(cast).pk,
        "民族": "暗号民族甲",
        "religion": "暗号信仰乙",
        "note": "暗号病名丙",
    }
    [key] = commands.register_many(cast.secretary, [row])
    enter(system("test"))
    assert Person.objects.filter(pk=key).exists()
    with connection.cursor() as cursor:
        for model in ours():
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} t WHERE t::text LIKE '%%暗号%%'")
            assert cursor.fetchone() == (0,), model
