"""What the columns of an unknown sheet are: told by their headers, checked by what stands below them. Pure.

The words are data (a vocabulary); the method is here. A header is made plain (prefixes such as ``D1.``, brackets, signs
of obligation and politeness go), then compared with every word of every concept, alone or behind the name of a role
(监护人 + 电话). What is left out anyway is told by its parts too: whatever 病 or 账号 stands in. Sample values confirm or
contradict; a few kinds of value speak for themselves. What scores below the threshold stays unknown: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from linli.base.exchange.values import fits, telling_kind
from linli.base.exchange.wording import BRACKETS, alike, pairs, plain, plain_parts

CONFIRMED, CONTRADICTED = 0.12, -0.45
OF_ROLE, OF_KNOWN_ROLE, OF_PART, ROLE_ALONE, ROLE_AT_END = 0.97, 0.93, 0.92, 0.9, 0.86
_LOOSE_PREFIX = re.compile(r"^\d{1,3}(?=[一-鿿])")
_FOREIGN = re.compile(r"(?<=[一-鿿])[a-z][a-z0-9.'/&-]+$|^[a-z][a-z0-9.'/&-]+(?=[一-鿿]{2})")
_PARTS = re.compile(r"[/、|或及和&+]")
_ASKED = re.compile(r"^(?:是否|是不是|有无|有没有|与|同|和|对)")
_NUMBERED = re.compile(r"[甲乙丙丁一二三1-9]")
# 丈夫身份证号: of somebody, whoever it is, and not of the person of the row.
_OF_SOMEBODY = re.compile(r"[人者员方主夫妻父母亲子女长师友客童侣伴婿媳姆]$|邻居$")
_ANYBODY = frozenset(
    {"人员", "成员", "群众", "家庭成员", "户内成员", "persons", "person"}
)  # 工作人员 is not the person of the row


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a column can be. never/unused: why it is left out, where it always is; parts: what tells it, wherever it
    stands in a header, only of what is left out."""

    code: str
    name: str
    words: tuple[str, ...]
    kind: str = ""
    whose: bool = False
    never: str = ""
    unused: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """Whose a thing is. rank: who is the person of a row where nobody is named plainly; None: never."""

    code: str
    name: str
    words: tuple[str, ...]
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of sheet. target: the register it goes to; register: its name in words where there is none yet; never: why
    such a list is not taken at all."""

    code: str
    name: str
    target: str = ""
    register: str = ""
    elsewhere: str = ""
    people: bool = False
    never: str = ""
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
    parts: tuple[tuple[str, Concept], ...] = field(hash=False, compare=False, repr=False)
    # Words by the pairs of signs in them: a header is compared only with those that have one in common with it.
    near: Mapping[str, tuple[int, ...]] = field(hash=False, compare=False, repr=False)
    said: tuple[tuple[Concept, str], ...] = field(hash=False, compare=False, repr=False)


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
            parts=tuple(plain(part) for part in row.get("parts", ())),
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
            never=row.get("never", ""),
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
    of_roles = [(word, role) for role in roles for word in role.words]
    parts = [(part, concept) for concept in concepts for part in concept.parts]
    said = tuple((concept, word) for concept in concepts for word in concept.words)
    near: dict[str, list[int]] = {}
    for place, (_concept, word) in enumerate(said):
        for pair in pairs(word):
            near.setdefault(pair, []).append(place)
    return Vocabulary(
        threshold=float(data["threshold"]),
        before=tuple(data.get("before", ())),
        after=tuple(data.get("after", ())),
        concepts=concepts,
        roles=roles,
        forms=forms,
        exact=exact,
        role_words=tuple(sorted(of_roles, key=lambda pair: -len(pair[0]))),
        parts=tuple(sorted(parts, key=lambda pair: (not pair[1].never, -len(pair[0])))),
        near={pair: tuple(places) for pair, places in near.items()},
        said=said,
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
        if form.never and titled:
            strong += 5  # whatever its columns are
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
    inside = [plain(part) for part in BRACKETS.findall(unicodedata.normalize("NFKC", header))]
    found += [text + part for part in inside if part]
    return [one for one in dict.fromkeys(found) if one]


def _match(header: str, words: Vocabulary) -> tuple[Concept | None, Role | None, float]:
    best: tuple[Concept | None, Role | None, float] = (None, None, 0.0)
    for penalty, text in enumerate(variants(header, words)):
        found = _one(text, words)
        if penalty and found[2] in (ROLE_ALONE, ROLE_AT_END) and plain(header).endswith(words.after):
            continue  # 子女情况 is what is said of them and no name
        if found[2] - 0.01 * penalty > best[2]:
            best = (found[0], found[1], found[2] - 0.01 * penalty)
    if best[2] < OF_PART and (left_out := _of_part(plain(header), words)) is not None:
        return left_out, None, OF_PART
    parts = [part for part in _PARTS.split(plain_parts(header)) if part]
    if len(parts) > 1 and best[2] < 0.9:
        options = [_one(part, words) for part in parts]
        known = max(options, key=lambda option: option[2])
        alike = {option[0].code for option in options if option[0] is not None and option[2] >= 0.9}
        if len(alike) == 1 and known[2] - 0.05 > best[2]:
            best = (known[0], known[1], known[2] - 0.05)
    return best


def _one(text: str, words: Vocabulary) -> tuple[Concept | None, Role | None, float]:
    if (concept := words.exact.get(text)) is not None:
        return concept, None, 1.0
    best: tuple[Concept | None, Role | None, float] = (None, None, 0.0)
    for word, role in words.role_words:
        if not text.startswith(word) and not text.startswith(f"与{word}"):
            continue
        rest = text.removeprefix("与").removeprefix(word).removeprefix("的")
        if role.rank != 0 and _NUMBERED.fullmatch(rest):
            rest = ""  # 当事人甲
        if not rest and role.rank == 0:
            continue  # 群众 or 成员 alone is a kind of people and nobody's name
        if not rest:
            name = words.exact.get("姓名")
            best = max(best, (name, role, ROLE_ALONE), key=_points)
        elif (concept := words.exact.get(rest) or words.exact.get(rest.removeprefix("与"))) is not None and (
            concept.whose or (role.rank == 0 and concept.kind == "relation")
        ):
            best = max(best, (concept, role, OF_ROLE), key=_points)
    if best[2]:
        return best
    if not _ASKED.match(text) and (found := _of_known_role(text, words)) is not None:
        return found
    for place in sorted({place for pair in pairs(text) for place in words.near.get(pair, ())}):
        concept, word = words.said[place]
        score = alike(text, word)
        others = concept.whose and text.endswith(word) and _OF_SOMEBODY.search(text.removesuffix(word))
        if score > best[2] and not others:
            best = (concept, None, score)
    return best


def _of_known_role(text: str, words: Vocabulary) -> tuple[Concept, Role, float] | None:
    """A role with words before it: 小区业主身份证号, 网格党支部书记."""
    for cut in range(3, len(text)):
        concept = words.exact.get(text[cut:])
        if concept is not None and concept.whose:
            head = text[:cut].removesuffix("的")
            role = next((one for word, one in words.role_words if head.endswith(word) and word not in _ANYBODY), None)
            return None if role is None else (concept, role, OF_KNOWN_ROLE)
    role = next((one for word, one in words.role_words if len(word) > 1 and text.endswith(word)), None)
    name = words.exact.get("姓名")
    if role is None or role.rank == 0 or name is None or "副" in text:
        return None
    return name, role, ROLE_AT_END


def _of_part(text: str, words: Vocabulary) -> Concept | None:
    """What is left out for a part of its header."""
    return next((concept for part, concept in words.parts if part in text), None)


def _points(option: tuple[Concept | None, Role | None, float]) -> float:
    return option[2]


def _role(text: str, words: Vocabulary) -> Role | None:
    return next((role for word, role in words.role_words if text.startswith(word)), None)
