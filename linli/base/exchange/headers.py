"""What the columns of an unknown sheet are: told by their headers, checked by what stands below them. Pure.

The words are data (a vocabulary); the method is here. A header is made plain (prefixes such as ``D1.``, brackets, signs
of obligation and politeness go), then compared with every word of every concept, alone or behind the name of a role
(监护人 + 电话). Sample values confirm or contradict; a few kinds of value speak for themselves. What scores below the
threshold stays unknown: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from linli.base.exchange.values import fits, telling_kind

ALIKE = 0.84  # of a word that is contained in the header, or shares most pairs of signs, as far as it goes
CONFIRMED, CONTRADICTED = 0.12, -0.45
_PREFIXES = re.compile(
    r"^(?:(?:[A-Za-z]{1,2}\d{0,3}|\d{1,3}|[一二三四五六七八九十]{1,3}|第[一二三四五六七八九十\d]{1,3}[列项栏])[.、,:)\-_．·]+"
    r"|[（(【\[](?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})[)）】\]]|[①-⑳㈠-㈩]|[A-Za-z]{1,2}\d{1,3}(?=[一-鿿]))+"
)
_LOOSE_PREFIX = re.compile(r"^\d{1,3}(?=[一-鿿])")
_BRACKETS = re.compile(r"[(（【\[〔《“\"]([^)）】\]〕》”\"]*)[)）】\]〕》”\"]?")
_SIGNS = re.compile(r"[\s*＊#※★☆:：?？!！。.,，;；_\-—–·•~～|'\"“”‘’\u200b-\u200f\u2060\ufeff]+")
_OBLIGED = re.compile(r"(?:必填项?|选填项?|非必填|必选|可不填|勾选|下拉选择)")
_FOREIGN = re.compile(r"(?<=[一-鿿])[a-z][a-z0-9.'/&-]+$|^[a-z][a-z0-9.'/&-]+(?=[一-鿿]{2})")
_PARTS = re.compile(r"[/、|或及和&+]")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a column can be. never/unused: why it is left out, where it always is."""

    code: str
    name: str
    words: tuple[str, ...]
    kind: str = ""
    whose: bool = False
    never: str = ""
    unused: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """Whose a thing is. rank: who is the person of a row where nobody is named plainly; None: never."""

    code: str
    name: str
    words: tuple[str, ...]
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of sheet. target: the register it goes to; register: its name in words where there is none yet."""

    code: str
    name: str
    target: str = ""
    register: str = ""
    elsewhere: str = ""
    people: bool = False
    strong: tuple[str, ...] = ()
    concepts: frozenset[str] = frozenset()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    threshold: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    concepts: tuple[Concept, ...]
    roles: tuple[Role, ...]
    forms: tuple[Form, ...]
    exact: Mapping[str, Concept] = field(hash=False, compare=False, repr=False)
    role_words: tuple[tuple[str, Role], ...] = field(hash=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """What one column was recognised as. concept empty: unknown. score 0 to 1; values: what its samples say.

    values is "confirmed", "contradicted", "told" (recognised by them alone) or empty.
    """

    place: int
    header: str
    concept: str = ""
    role: str = ""
    score: float = 0.0
    values: str = ""

    @property
    def code(self) -> str:
        """concept, or role.concept where it is somebody's."""
        return f"{self.role}.{self.concept}" if self.role else self.concept


@dataclass(frozen=True, slots=True)
class Guess:
    """A form with its points; share is that of the best possible evidence in these headers, 0 to 1."""

    form: Form
    points: float


def vocabulary(data: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary from plain data (``linli/policies/headers.toml``). Raises KeyError, TypeError where it is wrong."""
    concepts = tuple(
        Concept(
            code=row["code"],
            name=row["name"],
            words=tuple(dict.fromkeys(plain(word) for word in row["words"])),
            kind=row.get("kind", ""),
            whose=row.get("whose", False),
            never=row.get("never", ""),
            unused=row.get("unused", ""),
        )
        for row in data["concepts"]
    )
    roles = tuple(
        Role(row["code"], row["name"], tuple(plain(word) for word in row["words"]), row.get("rank"))
        for row in data["roles"]
    )
    forms = tuple(
        Form(
            code=row["code"],
            name=row["name"],
            target=row.get("target", ""),
            register=row.get("register", ""),
            elsewhere=row.get("elsewhere", ""),
            people=row.get("people", False),
            strong=tuple(row.get("strong", ())),
            concepts=frozenset(row.get("concepts", ())),
            against=tuple(row.get("against", ())),
        )
        for row in data["forms"]
    )
    exact: dict[str, Concept] = {}
    for concept in concepts:
        for word in concept.words:
            exact.setdefault(word, concept)
    pairs = [(word, role) for role in roles for word in role.words]
    return Vocabulary(
        threshold=float(data["threshold"]),
        before=tuple(data.get("before", ())),
        after=tuple(data.get("after", ())),
        concepts=concepts,
        roles=roles,
        forms=forms,
        exact=exact,
        role_words=tuple(sorted(pairs, key=lambda pair: -len(pair[0]))),
    )


def recognise(
    headers: Sequence[str], samples: Sequence[Sequence[str]], words: Vocabulary, parents: Sequence[str] = ()
) -> list[Column]:
    """What each column is. samples: some rows of values, as text; parents: the header line above, where there are two."""
    columns = []
    for place, header in enumerate(headers):
        values = [row[place] for row in samples if place < len(row) and row[place].strip()]
        parent = parents[place] if place < len(parents) else ""
        columns.append(_column(place, header, parent, values, words))
    return columns


def _column(place: int, header: str, parent: str, values: Sequence[str], words: Vocabulary) -> Column:
    options = [_match(header, words)]
    if parent and plain(parent) != plain(header):
        options.append(_match(parent + header, words))
        concept, role, score = options[0]
        above = _role(plain(parent), words)
        if above is not None and not role and concept is not None and concept.whose:
            options.append((concept, above, score + 0.01))
    concept, role, score = max(options, key=lambda option: option[2])
    said = ""
    if concept is not None and concept.kind and values:
        share = fits(concept.kind, values)
        if share is not None and share >= 0.8:
            score, said = min(1.0, score + CONFIRMED), "confirmed"
        elif share is not None and share < 0.3:
            score, said = score + CONTRADICTED, "contradicted"
    if concept is None or score < words.threshold:
        told = telling_kind(values)
        by_values = next((one for one in words.concepts if one.kind == told), None) if told else None
        if by_values is not None and (said != "contradicted" or told == "tenure"):
            return Column(place, header, by_values.code, "", words.threshold, "told")
        return Column(place, header, score=max(0.0, score))
    whose = role.code if role is not None and role.rank != 0 else ""  # rank 0: the person of the row, said expressly
    return Column(place, header, concept.code, whose, round(min(score, 1.0), 3), said)


def suggest(columns: Sequence[Column], words: Vocabulary, title: str = "") -> list[Guess]:
    """Which form this is, best first; none below three points. title: lines above the header, file and sheet names."""
    found = []
    headers = [plain(column.header) for column in columns]
    codes = {column.concept for column in columns} | {column.code for column in columns}
    about = plain(title)
    for form in words.forms:
        strong = sum(any(word in header for header in headers) for word in form.strong)
        titled = any(word in about for word in form.strong) if about else False
        against = sum(any(word in header for header in headers) for word in form.against)
        # How many columns speak for it, not only how many words: one column of ten may be an accident.
        share = sum(any(word in header for word in form.strong) for header in headers) / max(1, len(headers))
        points = 3 * strong + 2 * titled + len(form.concepts & codes) - 3 * against + 4 * share
        if points >= 3:
            found.append(Guess(form, round(points, 2)))
    return sorted(found, key=lambda guess: -guess.points)


def main_role(columns: Sequence[Column], words: Vocabulary) -> str:
    """Whose row it is: empty where somebody is named plainly, else the role of the best rank that has a name."""
    named = {column.role for column in columns if column.concept in ("name", "identity")}
    if "" in named or not named:
        return ""
    ranks = {role.code: role.rank for role in words.roles if role.rank is not None}
    return min((role for role in named if role in ranks), key=lambda role: ranks[role], default="")


def of_main(columns: Sequence[Column], words: Vocabulary) -> list[Column]:
    """The columns with the main role's things as plain ones: in a list of tenants 承租人姓名 is the name."""
    role = main_role(columns, words)
    return [replace(column, role="") if role and column.role == role else column for column in columns]


def assign(columns: Sequence[Column], fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """field -> place of its column: for each field the best column of its first concept that is there, each column once."""
    taken: dict[str, int] = {}
    used: set[int] = set()
    for name, codes in fields.items():
        for code in codes:
            fitting = [column for column in columns if column.code == code and column.place not in used]
            if fitting:
                best = max(fitting, key=lambda column: (column.score, -column.place))
                taken[name] = best.place
                used.add(best.place)
                break
    return taken


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header without what carries no meaning: width, case, spaces, numbers before it, brackets, marks of obligation."""
    text = unicodedata.normalize("NFKC", header).strip()
    text = re.sub(r"\s+", "", text)
    text = _PREFIXES.sub("", text) or text
    bare = _BRACKETS.sub("", text)
    text = bare if _SIGNS.sub("", bare) else _BRACKETS.sub(r"\1", text)
    text = _OBLIGED.sub("", text)
    return _SIGNS.sub("", text).lower()


def variants(header: str, words: Vocabulary) -> list[str]:
    """The header as people may have meant it, the plainest first."""
    text = plain(header)
    found = [text]
    if (loose := _LOOSE_PREFIX.sub("", text)) != text:
        found.append(loose)
    # Two languages in one header: 姓名 Name, 手机 Mobile.
    if (chinese := _FOREIGN.sub("", text)) != text and chinese:
        found.append(chinese)
    for one in list(found):
        shorter = one
        for word in words.before:
            shorter = shorter.removeprefix(word)
        for word in words.after:
            if len(shorter) > len(word) + 1:
                shorter = shorter.removesuffix(word)
        found.append(shorter)
    inside = [plain(part) for part in _BRACKETS.findall(unicodedata.normalize("NFKC", header))]
    found += [text + part for part in inside if part]
    return [one for one in dict.fromkeys(found) if one]


def _match(header: str, words: Vocabulary) -> tuple[Concept | None, Role | None, float]:
    best: tuple[Concept | None, Role | None, float] = (None, None, 0.0)
    for penalty, text in enumerate(variants(header, words)):
        found = _one(text, words)
        if found[2] - 0.01 * penalty > best[2]:
            best = (found[0], found[1], found[2] - 0.01 * penalty)
    parts = [part for part in _PARTS.split(plain_parts(header)) if part]
    if len(parts) > 1 and best[2] < 0.9:
        options = [_one(part, words) for part in parts]
        known = max(options, key=lambda option: option[2])
        alike = {option[0].code for option in options if option[0] is not None and option[2] >= 0.9}
        if len(alike) == 1 and known[2] - 0.05 > best[2]:
            best = (known[0], known[1], known[2] - 0.05)
    return best


def plain_parts(header: str) -> str:
    """As `plain`, but the strokes between alternatives stay: 姓名/名称."""
    text = unicodedata.normalize("NFKC", header)
    return "/".join(plain(part) for part in re.split(r"[/、|]", text) if plain(part))


def _one(text: str, words: Vocabulary) -> tuple[Concept | None, Role | None, float]:
    if (concept := words.exact.get(text)) is not None:
        return concept, None, 1.0
    best: tuple[Concept | None, Role | None, float] = (None, None, 0.0)
    for word, role in words.role_words:
        if not text.startswith(word) and not text.startswith(f"与{word}"):
            continue
        rest = text.removeprefix("与").removeprefix(word).removeprefix("的")
        if not rest and role.rank == 0:
            continue  # 群众 or 成员 alone is a kind of people and nobody's name
        if not rest:
            name = words.exact.get("姓名")
            best = max(best, (name, role, 0.9), key=_points)
        elif (concept := words.exact.get(rest)) is not None and (concept.whose or not concept.words):
            best = max(best, (concept, role, 0.97), key=_points)
    if best[2]:
        return best
    for concept in words.concepts:
        for word in concept.words:
            score = alike(text, word)
            if score > best[2]:
                best = (concept, None, score)
    return best


def _points(option: tuple[Concept | None, Role | None, float]) -> float:
    return option[2]


def _role(text: str, words: Vocabulary) -> Role | None:
    return next((role for word, role in words.role_words if text.startswith(word)), None)


@lru_cache(maxsize=200_000)
def alike(text: str, word: str) -> float:
    """How much a header is like a word, below `ALIKE`: contained in it, or pairs of signs in common (Dice)."""
    if len(word) < 2 or len(text) < 2 or word.isascii():
        return 0.0
    if word in text and len(word) >= 3:
        # What is said last is what it is: 紧急联系人手机号码 is a number, 手机号码归属人 is not.
        ends = text.endswith(word)
        return ALIKE * (0.62 + 0.38 * len(word) / len(text)) if ends else ALIKE * (0.45 + 0.45 * len(word) / len(text))
    pairs, others = _pairs(text), _pairs(word)
    shared = len(pairs & others)
    return ALIKE * 2 * shared / (len(pairs) + len(others)) if shared else 0.0


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
