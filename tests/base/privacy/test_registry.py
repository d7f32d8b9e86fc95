"""The registry of personal fields: nothing personal stands outside it, and nothing in it is made up."""

import json
import re
from io import BytesIO

from django.apps import apps
from django.contrib.postgres.fields import ArrayField, HStoreField
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from PIL import Image

from linli.base.actor import system
from linli.base.crypto import SealedField
from linli.base.files import store
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.policies import registry
from linli.base.privacy import rules
from linli.base.scope import enter
from linli.people.residents.models import Person
from tests.cast import Cast
from tests.house.world import World, world

__all__ = ["world"]

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


# What every table has, and what tells nothing of a person by itself.
KEYS = {"id", "region_code", "person", "starts", "ends", "source", "verified_on"}
# Columns of tables about people that are in no line of the registry, and why. A new column fails until somebody has said so.
BESIDE = {
    "privacy.rightsrequest": {
        "what was asked, and when it was answered by which post": (
            "kind", "subject_kind", "subject_id", "field", "authority", "asked_at", "due_on", "outcome", "answered_at",
            "answered_post", "answered_unit",
        ),
    },
    "privacy.authority": {
        "whose record, on which paper it rests, who wrote it down": (
            "subject_kind", "subject_id", "basis", "recorded_at", "recorded_post",
        ),
    },
    "organisations.contact": {"of which organisation": ("organisation",)},
    "party.membercard": {"where somebody works, and how the card ended": ("unit", "ended_on", "ended_for")},
    "answering.charge": {
        "for which place, as what, by which document": (
            "role", "compound", "building", "unit_name", "construction", "serves", "standing", "post", "organisation", "basis",
        ),
    },
    "residents.person": {
        "the rule that allows the number": ("statutory_basis",),
        "where the record stands": ("household", "merged_into", "registered_at"),
    },
    "residents.household": {"a dwelling": ("dwelling",)},
    "residents.residence": {"told with the dwelling": ("household", "kind", "lives", "ending")},
    "residents.careneed": {
        "when somebody looks again": ("policy_id", "verified_by", "review_on", "tried_on", "tries", "ending"),
    },
    "residents.personfact": {"who said what when; the values are sealed": ("act", "fields", "reason", "as_of", "verifier", "post_id", "at")},
    "residents.knownapart": {"two records": ("first", "second", "at")},
    "cases.case": {
        "the matter, not who reported it": (
            "proceeding", "kind", "category", "suggested", "confidence", "channel", "foreign_source", "foreign_number", "compound",
            "building", "thing", "place_text", "longitude", "latitude", "anonymous", "tracking_version", "about", "cluster",
            "proactive", "grams", "filed_on", "answered_on", "settled_on", "contacted", "reachable", "resolved", "satisfaction",
            "answered_late", "exempted", "pressed", "difficult_since",
        ),
    },
}  # fmt: skip
MACHINES = {"hotline.secret", "hotline_inbox.message"}


def about_people() -> list[type[models.Model]]:
    """Tables with a sealed field, or that point at a resident."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        and model._meta.label_lower not in MACHINES
        and any(
            isinstance(field, SealedField) or field.related_model is Person
            for field in model._meta.local_concrete_fields
        )
    ]


def test_no_column_of_a_table_about_people_stands_outside() -> None:
    """Also one that sounds like nothing: a remark, a colour, a score."""
    outside = []
    for model in about_people():
        table = model._meta.label_lower
        beside = KEYS | {name for names in BESIDE.get(table, {}).values() for name in names}
        outside += [
            f"{table}.{field.name}"
            for field in model._meta.local_concrete_fields
            if field.name not in beside and f"{table}.{field.name}" not in LISTED
        ]
    assert outside == [], (
        "say in linli/policies/personal.toml why it is kept, or above why it tells nothing of a person"
    )


def test_what_stands_beside_the_registry_is_there() -> None:
    there = {name for name, _field in fields()}
    listed = {f"{table}.{name}" for table, why in BESIDE.items() for names in why.values() for name in names}
    assert sorted(listed - there) == []
    assert {model._meta.label_lower for model in about_people()} >= set(BESIDE)


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


# --- what has no columns: JSON, lists, files -------------------------------------------------------------------------

# Every field that can hold anything, and what it holds. A new one fails until somebody has said so.
FREE = {
    "sites.site.hours": "opening hours of a place",
    "sites.hoursexception.spans": "the same on one day",
    "regions.region.polygon": "a boundary",
    "regions.regionimport.rows": "codes and names of places",
    "regions.regionimport.problems": "the same",
    "regions.regionimport.summary": "counts",
    "hotline.letter.facts": "identifiers, times and codes of a case; its words are sealed apart",
    "sheet.sheetimport.mapping": "places of columns",
    "sheet.sheetimport.problems": "row, column, reason",
    "registers.registerimport.columns": "places of columns",
    "registers.registerimport.options": "choices of the assistant",
    "registers.registerimport.problems": "row, place, reason",
    "registers.registerimport.kept": "ids and reasons",
    "registers.rememberedmapping.columns": "places of columns",
    "registers.rememberedmapping.options": "choices of the assistant",
    "scores.scorerun.pinned": "versions of policies",
    "hotspots.hotspotrun.parameters": "parameters of the search",
    "party.changetrace.steps": "ids of party organisations and the fields of theirs that an act changed",
    "policies.policyversion.data": "policies",
    "privacy.retentionrun.report": "kinds and counts",
    "commands.auditrow.detail": "choices and counts of an act: scanned below",
    "commands.outboxrow.payload": "ids and choices: scanned below",
    "commands.idempotencykey.answer": "ids that a command gave back: scanned below",
    "procedures.entry.given": "what an act recorded, by the fields of its procedure: scanned below",
    "procedures.clock.pauses": "times and reasons",
    "procedures.clock.extensions": "times and reasons",
}
FIGURES = ("scores.", "hotspots.", "openness.", "indicators.", "boards.")
FREE_TYPES = (models.JSONField, ArrayField, HStoreField)
# Names of facts that would be about a person, wherever a policy or a command defines them.
ABOUT_SOMEBODY = re.compile(
    r"phone|mobile|identity|id_number|birth|ethnic|religio|diagnos|income|姓名|身份证|手机|民族|宗教|病|收入"
)


def free_fields() -> set[str]:
    return {name for name, field in fields() if isinstance(field, models.JSONField | HStoreField)}


def test_every_field_that_can_hold_anything_says_what_it_holds() -> None:
    outside = [
        name for name in free_fields() if name not in FREE and not name.startswith(FIGURES) and name not in LISTED
    ]
    assert sorted(outside) == []
    assert sorted(set(FREE) - free_fields()) == []


def test_no_fact_that_a_policy_defines_is_about_a_person() -> None:
    """Acts record what procedures and policies name: none of these names is one of a person's fields."""
    wrong = [
        (code, name)
        for code, data in registry.shipped().items()
        for name in _keys(data)
        if ABOUT_SOMEBODY.search(name) and (code, name) not in NAMED_BY_POLICY
    ]
    assert wrong == []


# A policy may speak of such a field without letting anybody keep it.
NAMED_BY_POLICY: set[tuple[str, str]] = set()


def _keys(data: object) -> set[str]:
    """Codes of facts, inputs and records that a policy defines: the keys under which something would be kept."""
    found: set[str] = set()
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("records", "record", "facts", "inputs") and isinstance(value, list):
                found |= {
                    str(one.get("code", one.get("field", ""))) if isinstance(one, dict) else str(one) for one in value
                }
            found |= _keys(value)
    elif isinstance(data, list):
        for one in data:
            found |= _keys(one)
    return found


def test_what_was_kept_as_json_holds_no_number_of_a_person(world: World) -> None:
    """Every row of the world of the house, in which everything was done once: no telephone, no identity, no name of a canary."""
    number = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
    enter(system("test"))
    wrong, looked = [], 0
    for model in apps.get_models():
        named = [f.name for f in model._meta.local_concrete_fields if isinstance(f, FREE_TYPES)]
        if (
            not named
            or not model.__module__.startswith("linli.")
            or model._meta.label_lower == "policies.policyversion"
        ):
            continue
        for row in model._base_manager.values("pk", *named):
            for name in named:
                text = json.dumps(row[name], ensure_ascii=False, default=str)
                looked += 1
                if number.search(text) or world.leaks(text):
                    wrong.append((model._meta.label_lower, name, text[:200]))
    assert wrong == []
    assert looked > 100


def test_a_photo_keeps_nothing_of_where_and_by_what_it_was_taken(cast: Cast) -> None:
    """Place, time, maker and owner stand in the file of a telephone; what is stored has none of it, nor has the table a column."""
    taken = Image.new("RGB", (60, 40), "teal")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B], exif[0x9286] = "Huawei", "P70", "诸葛流年", "13800138000"
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 51.0, 18.0), 3: "E", 4: (116.0, 16.0, 30.0)})
    made = BytesIO()
    taken.save(made, "JPEG", exif=exif)
    assert b"Huawei" in made.getvalue()
    stored = receive(cast.secretary, SimpleUploadedFile("IMG_20260302.jpg", made.getvalue(), content_type="image/jpeg"))
    kept = store.get(stored.sha256)
    assert b"Exif" not in kept and b"Huawei" not in kept and "诸葛流年".encode() not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    columns = {field.name for field in StoredFile._meta.local_concrete_fields}
    assert columns == {
        "id", "sha256", "thumbnail_sha256", "size", "media_type", "family", "width", "height", "state", "uploaded_by",
        "owner_kind", "owner_id", "ticket", "created_at",
    }, "say in the registry what a new column tells about a person"  # fmt: skip
