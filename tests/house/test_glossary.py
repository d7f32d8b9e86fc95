"""One thing, one word: glossary.toml binds every model, command, act and step, and what it rejects is used nowhere."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps

from linli.base.commands import COMMANDS
from linli.base.ground import ROOT
from linli.base.policies import registry

KINDS = ("term", "model", "step", "act", "command")
# Words that say nothing, in the name of a module, a model or a command.
EMPTY = (
    "data",
    "info",
    "manager",
    "handler",
    "process",
    "util",
    "utils",
    "helper",
    "helpers",
    "misc",
    "common2",
    "stuff",
)


@dataclass(frozen=True)
class Word:
    english: str
    chinese: str
    plural: str
    room: str
    kind: str
    rejected: list[str]
    source: str


@pytest.fixture(scope="module")
def glossary() -> dict[str, Any]:
    return tomllib.loads((ROOT / "glossary.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def words(glossary: dict[str, Any]) -> list[Word]:
    return [Word(**row) for row in glossary["words"]]


def models() -> list[Any]:
    return [model for model in apps.get_models() if model.__module__.startswith("linli.")]


def spaced(name: str) -> str:
    """ContactAttempt -> contact attempt."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def procedures() -> list[tuple[str, dict[str, Any]]]:
    return [(data["code"], data) for code, data in registry.shipped().items() if code.startswith("procedure.")]


def test_the_file_is_well_formed(glossary: dict[str, Any], words: list[Word]) -> None:
    assert len(words) > 150
    for word in words:
        assert word.kind in KINDS, word
        assert word.english, word
        assert word.chinese, word
        assert word.plural, word
        assert word.room, word
        assert word.source in glossary["sources"], word
        assert word.english not in word.rejected, word
    assert [key for key, count in Counter((w.english, w.room, w.kind) for w in words).items() if count > 1] == []


def test_every_model_is_in_it_under_its_chinese_name(words: list[Word]) -> None:
    bound = {(word.english, word.room): word.chinese for word in words if word.kind == "model"}
    for model in models():
        key = spaced(model.__name__), model._meta.app_label
        assert key in bound, f"glossary.toml lacks the model {key}"
        assert str(model._meta.verbose_name) == bound[key], key
        assert str(model._meta.verbose_name_plural) == bound[key], key
    assert sorted(set(bound) - {(spaced(model.__name__), model._meta.app_label) for model in models()}) == []


def test_every_command_is_in_it(words: list[Word]) -> None:
    bound = {f"{word.room}.{word.english}" for word in words if word.kind in ("command", "act")}
    real = {name for name in COMMANDS if not name.startswith(("test.", "demo."))}
    assert sorted(real - bound) == [], "glossary.toml lacks these commands"
    only = {f"{word.room}.{word.english}" for word in words if word.kind == "command"}
    assert sorted(only - real) == [], "commands that no longer exist"


def test_every_step_and_act_is_in_it_under_its_chinese_name(words: list[Word]) -> None:
    assert procedures()
    for kind, rows in (("step", "steps"), ("act", "acts")):
        bound = {word.english: word.chinese for word in words if word.kind == kind}
        for code, data in procedures():
            assert {row["code"]: row["name"] for row in data[rows]}.items() <= bound.items(), (code, kind)


def test_what_was_rejected_is_used_nowhere(words: list[Word]) -> None:
    named = {(spaced(model.__name__), model._meta.app_label) for model in models()}
    named |= {(verb, room) for room, _dot, verb in (name.partition(".") for name in COMMANDS)}
    for word in words:
        wrong = [one for one in word.rejected if (one, word.room) in named]
        assert wrong == [], f"{word.room}: say {word.english}, not {wrong}"
    shown = {str(model._meta.verbose_name) for model in models()}
    rejected = {one for word in words for one in word.rejected if not one.isascii()}
    assert sorted(shown & rejected) == []


def test_names_say_something(words: list[Word]) -> None:
    modules = {path.stem for path in (ROOT / "linli").rglob("*.py")}
    names = modules | {part for model in models() for part in spaced(model.__name__).split()}
    names |= {part for name in COMMANDS for part in name.split(".")[-1].split("_")}
    assert sorted(names & set(EMPTY)) == []
