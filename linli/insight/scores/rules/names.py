"""Which names a formula reads, before it is known which there are."""

import ast

from linli.base.expressions import FUNCTIONS


def names_in(text: str) -> list[str]:
    """Names in order of appearance, functions left out; none when the text is no formula."""
    try:
        tree = ast.parse(" ".join(text.split("\n")).strip(), mode="eval")
    except (SyntaxError, ValueError):
        return []
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return list(dict.fromkeys(name for name in found if name not in FUNCTIONS))
