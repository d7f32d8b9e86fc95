"""What Linli never does (house rules, section 7): held by names of tables, columns, addresses, commands and
policies."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps

from linli.base.commands import COMMANDS, Refused
from linli.base.ground import ROOT
from linli.base.policies import registry
from linli.matters.cases import commands as cases
from linli.procedures.models import Proceeding
from tests.cast import POINT_HERE, Cast
from tests.house.routes import routes

# Whole words of names: biometrics and tracks, scores and lists of people, and what nobody may ask.
NEVER = (
    "face", "faces", "gate", "gates", "plate", "plates", "biometric", "biometrics", "fingerprint", "iris",
    "camera", "track", "tracks", "trajectory", "device", "devices", "gps", "imei", "blacklist", "whitelist",
    "watchlist", "greylist", "profile", "profiling", "credit", "loyalty", "petitioner", "petitioners",
    "troublemaker", "stability", "religion", "religious", "ethnicity", "ethnic", "nation", "race", "diagnosis",
    "disease", "illness", "income", "salary", "wealth", "political", "heatmap",
)  # fmt: skip
CHINESE_NEVER = (
    "人脸", "门禁", "车牌", "轨迹", "指纹", "虹膜", "黑名单", "重点人员", "缠访", "闹访", "维稳", "民族",
    "宗教", "信仰", "病史", "诊断", "收入", "信用分", "居民评分", "居民积分", "居民排名", "居民等级",
)  # fmt: skip
# A word with another meaning here: the command by which a reporter follows a case.
MEANT = {"cases.track", "portal:track"}


def names() -> Iterator[tuple[str, str]]:
    """(where, name) of everything that is stored, addressed or done."""
    for model in apps.get_models():
        if model.__module__.startswith("linli."):
            yield "model", model.__name__
            for field in model._meta.local_fields:
                yield f"field of {model.__name__}", field.name
    for route in routes():
        yield "address", route.name
        yield "address", route.pattern
    for name in COMMANDS:
        yield "command", name
    for data in registry.shipped().values():
        for step in [*data.get("steps", []), *data.get("acts", []), *data.get("figures", []), *data.get("roles", [])]:
            yield "policy", str(step.get("code", ""))


def words_of(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_no_table_column_address_or_command_is_about_what_linli_never_does() -> None:
    found = list(names())
    assert len(found) > 400
    wrong = [
        (where, name) for where, name in found if name not in MEANT and words_of(name) & set(NEVER) and name != "track/"
    ]
    assert wrong == []


def test_no_label_is_either() -> None:
    labels = [
        str(field.verbose_name)
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        for field in model._meta.local_fields
    ]
    labels += [str(model._meta.verbose_name) for model in apps.get_models()]
    labels += [
        row.get("name", "")
        for data in registry.shipped().values()
        for row in data.get("roles", []) + data.get("figures", [])
    ]
    assert [(label, word) for label in labels for word in CHINESE_NEVER if word in label] == []


def test_nothing_is_ranked_but_organisations_and_places() -> None:
    """A rank, a score or a level may stand on a table of organisations or places, never on one of people."""
    people = {
        "Account",
        "Post",
        "Case",
        "Cluster",
        "ContactAttempt",
        "Settlement",
        "Resident",
        "Household",
        "SignInAttempt",
    }
    for model in apps.get_models():
        if model.__module__.startswith("linli.") and model.__name__ in people:
            assert [
                f.name
                for f in model._meta.local_fields
                if words_of(f.name) & {"score", "rank", "level", "grade", "points"}
            ] == []


def test_no_position_of_a_device_is_kept() -> None:
    """The only positions on record are those of places and of what is reported, each typed or pointed at by a
    person."""
    allowed = {"Region", "Compound", "Building", "Case", "Whistle", "Site", "ConstructionSite", "Thing"}
    for model in apps.get_models():
        if model.__module__.startswith("linli."):
            fields = {field.name for field in model._meta.local_fields}
            assert not fields & {"longitude", "latitude", "position", "location"} or model.__name__ in allowed, model


def test_no_browser_script_watches_where_somebody_is() -> None:
    scripts = list((ROOT / "web").rglob("*.js"))
    assert len(scripts) > 5
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        for word in (
            "watchPosition",
            "getUserMedia",
            "sendBeacon",
            "navigator.plugins",
            "canvas.toDataURL",
            "google-analytics",
            "hm.baidu",
        ):
            assert word not in text, f"{path.name}: {word}"


def test_the_unit_a_complaint_is_about_cannot_answer_it_alone(cast: Cast) -> None:
    here = cast.organisations["here"]
    filed = cases.file(
        cast.call_taker, text="反映居委会没有答复问题", channel="telephone", kind="complaint", phone="13800001234",
        about_id=here.pk,
        longitude=POINT_HERE[0], latitude=POINT_HERE[1],
    )  # fmt: skip
    row = Proceeding.objects.get(pk=filed["id"])
    if row.step == "filed":
        cases.dispatch(cast.dispatcher, row.pk, to=here.pk)
    elif row.holder_id != here.pk:
        cases.redirect(cast.dispatcher, row.pk, to=here.pk, note="先由它说明")
    cases.accept(cast.secretary, row.pk)
    with pytest.raises(Refused, match="不能由本单位自己答复"):
        cases.answer(cast.secretary, row.pk, note="已处理")
    with pytest.raises(Refused):
        cases.settle(cast.secretary, row.pk, resolved=True, satisfaction="satisfied")
    assert Proceeding.objects.get(pk=row.pk).closed_at is None
