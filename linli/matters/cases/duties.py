"""The duty list: who may lead what, and the clauses that a return or a ruling names. Policy data; nothing is invented here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.base import policies
from linli.base.policies import Checker, register
from linli.matters.cases.queries import category_map
from linli.people.organisations.models import Organisation

RULE = "职责清单"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that can be named; `words` is how it stands in a record."""

    code: str
    name: str
    source: str

    @property
    def words(self) -> str:
        return f"{self.source}：{self.name}"


def on_list(lead: Sequence[str], category: str) -> bool:
    """Whether a category, or the first-level category above it, stands on a list."""
    return category in lead or category.split(".")[0] in lead


def preset(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The preset that holds. Raises KeyError when there is none of that name."""
    return {row["code"]: row for row in data["presets"]}[data["preset"]]


def clauses(data: Mapping[str, Any] | None = None) -> dict[str, Clause]:
    """Every clause by code, of the policy in force unless another is given."""
    given = policies.load("duties").data if data is None else data
    return {row["code"]: Clause(row["code"], row["name"], row["source"]) for row in given["clauses"]}


def outside(data: Mapping[str, Any], kind: str, category: str) -> bool:
    """Whether this category is not on the list of this kind of organisation. A case without a category cannot be judged."""
    row = next((one for one in data["duties"] if one["kind"] == kind), None)
    return bool(category) and row is not None and not on_list(row["lead"], category)


def problem_of_lead(kind: str, category: str, data: Mapping[str, Any] | None = None) -> str:
    """Why this kind of organisation cannot lead a case of this category, with the clause; empty when it can."""
    given = policies.load("duties").data if data is None else data
    holds = preset(given)
    if kind not in holds["closed"] or not outside(given, kind, category):
        return ""
    who = str(Organisation.Kind(kind).label)
    matter = category_map().get(category, {}).get("name", category)
    clause = clauses(given)[holds["clause"]]
    return f"“{matter}”不在{who}的职责清单内，不能派给{who}主办，可以请它协办。依据：{clause.source}。"


def problems(data: Mapping[str, Any]) -> list[str]:
    """What keeps this from being a duty list, in the editor's words."""
    kinds = set(Organisation.Kind.values)
    named = {row.get("code") for row in data.get("clauses", [])}
    found = [f"条款“{row.get('code')}”要写 code、name 和 source" for row in data.get("clauses", []) if not _texts(row)]
    presets = {row.get("code"): row for row in data.get("presets", [])}
    if data.get("preset") not in presets:
        found.append(f"没有名为“{data.get('preset')}”的预设")
    for code, row in presets.items():
        if not isinstance(row.get("closed"), list) or set(row["closed"]) - kinds:
            found.append(f"预设“{code}”的 closed 要写组织类别的清单")
        if row.get("clause") not in named:
            found.append(f"预设“{code}”的依据条款不在条款表里")
    for row in data.get("duties", []):
        if row.get("kind") not in kinds:
            found.append(f"“{row.get('kind')}”不是组织类别")
        found += [
            f"“{row.get('kind')}”的清单提到不存在的分类“{one}”"
            for one in row.get("lead", [])
            if one not in category_map()
        ]
    return found


def _texts(row: Mapping[str, Any]) -> bool:
    return all(isinstance(row.get(key), str) and row[key] for key in ("code", "name", "source"))


register("duties", Checker(problems, lambda data, given: problem_of_lead(given["kind"], given["category"], data)))
