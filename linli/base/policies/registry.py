"""Which policies exist, and how each is checked and tried on its examples."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[2] / "policies"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A version tried on last month's records. period: in words; told: how many; of how many in all.

    stopped: (reason, how many, examples) of those that would not have passed; moved: (what, of how many, before,
    after).
    """

    period: str
    told: int
    every: int
    passed: int
    stopped: list[tuple[str, int, str]]
    moved: list[tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True)
class Checker:
    """How a policy is checked and tried.

    problems(data) -> what is wrong, in the editor's words; answer(data, given) -> what the policy says of an example;
    rehearse(code, data) -> what it would have done to last month's records, where there are any.
    """

    problems: Callable[[dict[str, Any]], list[str]]
    answer: Callable[[dict[str, Any], Any], Any]
    rehearse: Callable[[str, dict[str, Any]], Rehearsed] | None = None


_checkers: dict[str, Checker] = {}


def register(code: str, checker: Checker) -> None:
    """A room announces the checker of its policy. Codes ending in `.` serve a family, such as `procedure.`."""
    _checkers[code] = checker


def checker(code: str) -> Checker | None:
    return _checkers.get(code) or _checkers.get(code.split(".")[0] + ".")


def shipped() -> dict[str, dict[str, Any]]:
    """Every shipped policy by code, as written in its file."""
    return {code: tomllib.loads(text) for code, text in shipped_sources().items()}


def shipped_sources() -> dict[str, str]:
    """The text of every shipped policy by code, comments and all."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


@dataclass(frozen=True, slots=True)
class Tried:
    """One example of a policy after it was run. error: why it could not be run at all."""

    given: Any
    expect: Any
    got: Any = None
    error: str = ""

    @property
    def good(self) -> bool:
        return not self.error and self.got == self.expect


def tried(code: str, data: dict[str, Any]) -> list[Tried]:
    """Every example of the policy with what the policy says now. A policy without a checker has none."""
    tool = checker(code)
    found: list[Tried] = []
    if tool is None:
        return found
    for example in data.get("examples", []):
        try:
            found.append(Tried(example["given"], example["expect"], tool.answer(data, example["given"])))
        except Exception as error:  # an example may break the policy in any way; the editor must see how
            found.append(Tried(example.get("given"), example.get("expect"), error=f"{type(error).__name__}: {error}"))
    return found


def try_examples(code: str, data: dict[str, Any]) -> list[str]:
    """Every problem of the policy and every example whose answer differs from what is expected; empty when all is
    well."""
    tool = checker(code)
    if tool is None:
        return [f"没有登记如何检查政策“{code}”。"]
    found = list(tool.problems(data))
    if found:
        return found
    examples = tried(code, data)
    if not examples:
        return ["至少要写一个例子（examples）。"]
    for number, example in enumerate(examples, 1):
        if example.error:
            found.append(f"第{number}个例子不能运行：{example.error}")
        elif not example.good:
            found.append(f"第{number}个例子应为 {example.expect!r}，实为 {example.got!r}。")
    return found
