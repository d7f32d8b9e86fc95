"""The vocabulary of headers as a policy: how it is checked and tried, and the one in force, made ready once a version."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from linli.base.exchange.headers import Vocabulary, recognise, suggest, vocabulary
from linli.base.policies import Checker, load, register
from linli.base.policies import version as policy_version
from linli.doors.intake.registers import targets


def words() -> Vocabulary:
    """The vocabulary in force."""
    return _of_version(load("headers").id)


@lru_cache(maxsize=4)
def _of_version(policy_id: int) -> Vocabulary:
    return vocabulary(policy_version(policy_id).data)


def _problems(data: Mapping[str, Any]) -> list[str]:
    try:
        found = vocabulary(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"写法不对：{error}"]
    problems = []
    if not 0.5 <= found.threshold <= 0.95:
        problems.append("threshold 要写 0.5 到 0.95 之间的数。")
    for names, what in (
        ([concept.code for concept in found.concepts], "项目"),
        ([role.code for role in found.roles], "人称"),
        ([form.code for form in found.forms], "表单"),
    ):
        problems += [f"{what}“{name}”写了两次。" for name in sorted({one for one in names if names.count(one) > 1})]
    owners: dict[str, str] = {}
    for concept in found.concepts:
        for word in concept.words:
            if owners.setdefault(word, concept.code) != concept.code:
                problems.append(f"“{word}”既是{owners[word]}又是{concept.code}。")
        if concept.parts and not (concept.never or concept.unused):
            problems.append(f"项目“{concept.code}”有登记的地方，不能只凭表头的一部分（parts）认。")
        if not concept.words:
            problems.append(f"项目“{concept.code}”没有写法。")
    for form in found.forms:
        if form.target and form.target not in targets.codes():
            problems.append(f"表单“{form.code}”的台账“{form.target}”不存在。")
        if not form.target and not form.register and not form.never:
            problems.append(f"表单“{form.code}”要写属于哪个台账。")
    return problems


def _answer(data: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    found = vocabulary(data)
    columns = recognise(given, [], found)
    guesses = suggest(columns, found)
    return {"form": guesses[0].form.code if guesses else "", "columns": [column.code for column in columns]}


register("headers", Checker(_problems, _answer))
