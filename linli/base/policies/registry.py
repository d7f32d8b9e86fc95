"""Which policies exist, and how each is checked and tried on its examples."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[2] / "policies"


@dataclass(frozen=True, slots=True)
class Checker:
    """problems(data) -> what is wrong, in the editor's words; answer(data, given) -> what the policy says of an example."""

    problems: Callable[[dict[str, Any]], list[str]]
    answer: Callable[[dict[str, Any], Any], Any]


_checkers: dict[str, Checker] = {}


def register(code: str, checker: Checker) -> None:
    """A room announces the checker of its policy. Codes ending in `.` serve a family, such as `procedure.`."""
    _checkers[code] = checker


def checker(code: str) -> Checker | None:
    return _checkers.get(code) or _checkers.get(code.split(".")[0] + ".")


def shipped() -> dict[str, dict[str, Any]]:
    """Every shipped policy by code, as written in its file."""
    found = {}
    for path in sorted(SHIPPED.glob("*.toml")):
        found[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def try_examples(code: str, data: dict[str, Any]) -> list[str]:
    """Every problem of the policy and every example whose answer differs from what is expected; empty when all is well."""
    tool = checker(code)
    if tool is None:
        return [f"没有登记如何检查政策“{code}”。"]
    found = list(tool.problems(data))
    if found:
        return found
    examples = data.get("examples", [])
    if not examples:
        return ["至少要写一个例子(examples)。"]
    for number, example in enumerate(examples, 1):
        try:
            got = tool.answer(data, example["given"])
        except Exception as error:  # an example may break the policy in any way; the editor must see how
            found.append(f"第{number}个例子不能运行:{error}")
            continue
        if got != example["expect"]:
            found.append(f"第{number}个例子应为 {example['expect']!r},实为 {got!r}。")
    return found
