"""From text to a checked tree. What is not on the white list of nodes does not exist."""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from .functions import ARITHMETIC, EQUAL, FUNCTIONS, MEMBER, ORDER, SPECIAL, ExpressionError

LONGEST, MOST_NODES, DEEPEST = 2000, 300, 25
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}  # the signs a Chinese keyboard types
_FULL_WIDTH |= dict(zip("“”‘’。、", "\"\"''.,", strict=True))
_NODES: tuple[type[ast.AST], ...] = (
    ast.Expression,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
)
_NODES += (ast.Compare, ast.BinOp, ast.IfExp, ast.Call, ast.List, ast.Tuple, *ARITHMETIC, *ORDER, *EQUAL, *MEMBER)


@dataclass(frozen=True)
class Expression:
    text: str
    tree: ast.expr
    names: frozenset[str]  # those it reads
    zone: ZoneInfo
    # Source and names of the conditions that were told once: both are looked for in the tree, and never change.
    told: dict[ast.AST, tuple[str, tuple[str, ...]]] = field(default_factory=dict, compare=False, repr=False)


def compile(text: str, names: Collection[str], zone: str = "Asia/Shanghai") -> Expression:
    """Parse and check. names: all that may be used; zone: where ``hour`` and ``weekday`` are read.

    Raises ExpressionError on anything outside the language, an unknown name, or an expression that is too large.
    """
    flat = " ".join(text.split("\n")).strip()
    if not flat:
        raise ExpressionError("表达式不能为空")
    if len(flat) > LONGEST:
        raise ExpressionError(f"表达式太长，最多 {LONGEST} 个字")
    try:
        tree = ast.parse(flat, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _unreadable(flat, error) from None
    used: set[str] = set()
    called: set[int] = set()
    pending: list[tuple[ast.AST, ast.AST, int]] = [(tree, tree, 1)]  # operators have no place of their own
    count = 0
    while pending:
        node, parent, depth = pending.pop()
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            raise ExpressionError("表达式太复杂，请拆成几条")
        _check(node, node if hasattr(node, "col_offset") else parent, flat, names, called)
        if isinstance(node, ast.Name) and id(node) not in called:
            used.add(node.id)
        pending.extend((child, node, depth + 1) for child in ast.iter_child_nodes(node))
    return Expression(flat, tree, frozenset(used), ZoneInfo(zone))


def _check(node: ast.AST, place: ast.AST, text: str, names: Collection[str], called: set[int]) -> None:
    if not isinstance(node, _NODES):
        raise ExpressionError(f"这里不能使用“{source_of(text, place)[:20]}”这种写法", column_of(text, place))
    if isinstance(node, ast.Constant):
        if node.value is None:
            raise ExpressionError("不能使用 None；判断有没有值请用 has(名称)", column_of(text, node))
        if not isinstance(node.value, bool | int | float | str):
            raise ExpressionError("只能写文字、数字、True 和 False", column_of(text, node))
        if not isinstance(node.value, str) and not abs(node.value) < 10**15:
            raise ExpressionError("数字太大", column_of(text, node))
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS and name not in SPECIAL:
            raise ExpressionError(f"没有“{source_of(text, node.func)[:20]}”这个函数", column_of(text, node))
        if node.keywords:
            raise ExpressionError(f"{name} 的参数不写名称", column_of(text, node))
        if name in SPECIAL and not (len(node.args) == SPECIAL[name] and isinstance(node.args[0], ast.Name)):
            raise ExpressionError(f"{name} 的第一个参数应为名称，共 {SPECIAL[name]} 个参数", column_of(text, node))
        if name in FUNCTIONS and not FUNCTIONS[name][1] <= len(node.args) <= FUNCTIONS[name][2]:
            raise ExpressionError(f"{name} 的参数个数不对", column_of(text, node))
        called.add(id(node.func))
    elif isinstance(node, ast.Name) and id(node) not in called and node.id not in names:
        near = get_close_matches(node.id, list(names), 1)
        raise ExpressionError(
            f"没有“{node.id}”这个名称" + (f"，是不是“{near[0]}”？" if near else ""), column_of(text, node)
        )


def source_of(text: str, node: ast.AST) -> str:
    return ast.get_source_segment(text, node) or type(node).__name__


def column_of(text: str, node: ast.AST) -> int:
    """The parser counts bytes of UTF-8; people count characters."""
    return len(text.encode()[: getattr(node, "col_offset", -1)].decode()) + 1


def _unreadable(text: str, error: Exception) -> ExpressionError:
    wide = next((index for index, sign in enumerate(text) if sign in _FULL_WIDTH), None)
    if wide is not None:
        return ExpressionError(f"看不懂；如果“{text[wide]}”不在引号里，请改用半角“{_FULL_WIDTH[text[wide]]}”", wide + 1)
    return ExpressionError("看不懂这个表达式，请检查括号、引号和运算符", getattr(error, "offset", 0) or 0)
