"""No foreign key points up, and sealed or personal fields are what they say."""

from typing import Any

from django.apps import apps
from django.db import models

from linli.base.crypto import SealedField

FLOORS = ("base", "places", "people", "procedures", "matters", "together", "insight", "doors")
# Fields that say who or where somebody is. On tables of residents' matters they are sealed.
PERSONAL = ("phone", "mobile", "identity", "id_number", "email", "address_line", "reporter_name", "contact_name")


def ours() -> list[Any]:
    return [model for model in apps.get_models() if model.__module__.startswith("linli.")]


def floor(model: Any) -> int:
    return FLOORS.index(model.__module__.split(".")[1])


def relations(model: Any) -> list[Any]:
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [field for field in fields if field.is_relation and field.related_model is not None]


def test_no_relation_points_up() -> None:
    found = 0
    for model in ours():
        for field in relations(model):
            target = field.related_model
            if target.__module__.startswith("linli."):
                found += 1
                assert floor(target) <= floor(model), (
                    f"{model._meta.label}.{field.name} points up to {target._meta.label}"
                )
    assert found > 15


def test_siblings_form_no_circle_by_relations() -> None:
    """Rooms of one floor may refer to each other, but never round in a circle."""
    edges: dict[str, set[str]] = {}
    for model in ours():
        for field in relations(model):
            if field.related_model.__module__.startswith("linli."):
                one, other = model._meta.app_label, field.related_model._meta.app_label
                if one != other:
                    edges.setdefault(one, set()).add(other)

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for following in edges.get(waiting.pop(), ()):
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return seen

    assert [room for room in edges if room in reach(room)] == []


def test_every_relation_keeps_what_it_points_at() -> None:
    """Records are not swept away with what they mention: only parts of a whole may go with it."""
    parts = {"accounts.RecoveryCode"}
    for model in ours():
        for field in relations(model):
            rule = getattr(field.remote_field, "on_delete", None)
            assert rule is not models.CASCADE or model._meta.label in parts, f"{model._meta.label}.{field.name}"


def test_personal_fields_of_residents_are_sealed() -> None:
    for model in ours():
        if model._meta.app_label in ("accounts", "organisations", "sites"):
            continue  # staff and offices: names and office telephones are public
        for field in model._meta.local_concrete_fields:
            if any(word in field.name for word in PERSONAL) and not field.name.endswith("_index"):
                assert isinstance(field, SealedField), f"{model._meta.label}.{field.name} is not sealed"


def test_every_text_has_a_bound_and_every_table_a_name() -> None:
    for model in ours():
        assert str(model._meta.verbose_name) != model._meta.object_name, model
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.CharField) and not isinstance(field, models.TextField):
                assert field.max_length, f"{model._meta.label}.{field.name}"
