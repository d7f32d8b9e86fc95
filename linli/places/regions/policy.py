"""The code rules as a policy: from the data of policies/regions.toml to a `Scheme`, and the check before publishing."""

from typing import Any

from linli.base.policies import load
from linli.places.regions.rules import InvalidCode, Scheme, level_of, parent_code, validate


def schemes(data: dict[str, Any]) -> dict[str, Scheme]:
    """Key -> scheme. Raises KeyError, TypeError or ValueError on a bad file."""
    found = {}
    for entry in data["schemes"]:
        found[entry["key"]] = Scheme(
            entry["key"],
            entry["name"],
            int(entry["grid_digits"]),
            int(entry.get("object_digits", 0)),
            entry.get("source", ""),
        )
    return found


def problems(data: dict[str, Any]) -> list[str]:
    """What is wrong with an edited policy, in the editor's words; empty when it can be used."""
    try:
        known = schemes(data)
    except (KeyError, TypeError, ValueError) as error:
        return [f"编码方案不能使用：{error}"]
    if data.get("scheme") not in known:
        return [f"没有名为“{data.get('scheme')}”的编码方案，应为 {'、'.join(known)} 之一。"]
    return []


def answer(data: dict[str, Any], given: dict[str, Any]) -> dict[str, str]:
    """What the policy says of a code: the stored code, its level and parent, or why it is refused."""
    scheme = schemes(data)[given.get("scheme", data["scheme"])]
    try:
        code = validate(given["code"], scheme)
    except InvalidCode as refusal:
        return {"error": str(refusal)}
    return {"code": code, "level": level_of(code, scheme).name.lower(), "parent": parent_code(code) or ""}


def current_scheme() -> Scheme:
    """The scheme now in force. Raises LookupError when the policy was never published."""
    data = load("regions").data
    return schemes(data)[data["scheme"]]
