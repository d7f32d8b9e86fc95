"""The registry of personal fields: nothing personal stands outside it, and nothing in it is made up."""

import re

from django.apps import apps
from django.db import models

from linli.base.crypto import SealedField
from linli.base.policies import registry
from linli.base.privacy import rules

DATA = registry.shipped()["personal"]
LISTED = {one["field"]: one for one in DATA["fields"]}
# Names that say that a column is about a person.
NAMES = re.compile(r"(^|_)(phone|mobile|telephone|identity|birth|born|sex|gender|reporter|email|died)(_|$)")
CHINESE = re.compile(r"姓名|手机|身份证|出生|性别|住处|诉求人|监护|诉求内容|去世|户主|网络地址|登录名")
# What sounds like a person and is none: why, in one line each.
NO_PERSON = {
    "organisations.organisation.service_phone": "the public number of an office",
    "sites.site.service_phone": "the public number of a service site",
    "sites.constructionsite.service_phone": "the number of a building site for complaints",
    "hotline.secret.value": "the secret of an exchange between two machines",
    "procedures.entry.public": "whether the reporter sees an entry",
    "residents.person.statutory_basis": "which rule allows the number to be kept",
}


def fields() -> list[tuple[str, models.Field]]:
    return [
        (f"{model._meta.label_lower}.{field.name}", field)
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        for field in model._meta.local_concrete_fields
    ]


def personal(name: str, field: models.Field) -> bool:
    if isinstance(field, SealedField):
        return True
    return bool(NAMES.search(field.name) or CHINESE.search(str(field.verbose_name)))


def test_every_personal_field_is_in_the_registry() -> None:
    outside = [
        name for name, field in fields() if personal(name, field) and name not in LISTED and name not in NO_PERSON
    ]
    assert outside == [], "say in linli/policies/personal.toml why it is kept, and for how long"


def test_every_entry_is_a_field_and_says_truly_whether_it_is_sealed() -> None:
    there = dict(fields())
    assert [name for name in LISTED if name not in there] == []
    wrong = [name for name, one in LISTED.items() if isinstance(there[name], SealedField) != bool(one.get("sealed"))]
    assert wrong == []


def test_what_is_somebodys_own_can_be_shredded() -> None:
    """A sealed field of a person has an owner, so that its key can be destroyed."""
    shared = {"hotline.secret.value", "hotline_inbox.message.content"}
    loose = [
        name for name, field in fields() if isinstance(field, SealedField) and not field.keyed_by and name not in shared
    ]
    assert loose == []


def test_no_role_that_the_registry_names_is_unknown_and_none_is_the_system_administrator() -> None:
    roles = {one["code"] for one in registry.shipped()["roles"]["roles"]}
    named = {code for one in DATA["fields"] for code in one["who"]}
    assert named <= roles
    seen = [one["field"] for one in DATA["fields"] if "system_administrator" in one["who"]]
    assert [name for name in seen if not name.startswith("accounts.")] == []


def test_both_policies_keep_their_examples() -> None:
    for code in ("personal", "protection"):
        assert registry.try_examples(code, registry.shipped()[code]) == []


def test_a_wrong_registry_is_refused() -> None:
    one = {
        "field": "a.b.c",
        "name": "x",
        "class": "sensitive",
        "purpose": "x",
        "basis": "x",
        "retention": "r",
        "who": ["x"],
    }
    period = {"code": "r", "name": "x", "basis": "x"}

    def said(entry: dict[str, object], **more: object) -> str:
        return " ".join(rules.field_problems({"fields": [entry], "retention": [period | more]}))

    assert "必须加密" in said(one)
    assert said(one | {"sealed": True}) == ""
    assert "没有定义" in said(one | {"sealed": True, "retention": "other"})
    assert "没有写：purpose" in said(one | {"purpose": ""})
    assert "天数" in said(one | {"sealed": True}, days=0)
    assert "写了两次" in " ".join(rules.field_problems({"fields": [one, one], "retention": [period, period]}))
    assert rules.field_problems({}) != []
