"""Invented letters of residents: for the demo district and for training the shipped classifier. No one's real words.

A letter is put together as people do it: perhaps a greeting, what happened, perhaps what was tried before, what
follows from it, what is asked. The raw material lies beside this file: ``data/letters/<top>.toml`` holds the facts
of each category, ``data/voices.toml`` the shared words, ``data/speakers.toml`` the voices (terse, polite, angry,
elderly, a call taker...).

Grammar of the raw material: ``[a|b|]`` takes one of the alternatives, ``{compound}`` a place or a word, ``{#2-8}`` a
number, and a fact that begins with ``@summer:`` is only said in the months of that season. Everything is a function
of the generator given: the same seed writes the same letters.
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from linli.matters.cases.demo_grammar import parse, render

SHORTEST, LONGEST = 15, 200
KINDS = ("advice", "help", "complaint", "report", "suggestion")
SLIP_CHANCE = 0.04
# Every fourth frame is set aside when a letter must come from frames that training has not seen, or from those it has.
HELD_OUT_EVERY = 4

MATERIAL = Path(__file__).resolve().parent / "data"
_DIGITS = "零一二三四五六七八九十"
_SEASON = re.compile(r"^@(\w+):\s*")
_SLOT = re.compile(r"#(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """What stands where a letter names a place. An empty part is replaced by an invented one."""

    compound: str = ""
    building: str = ""
    unit: str = ""
    street: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """`category` is a second-level code; `kind` one of KINDS; `frame` names the fact it was built on; `voice` who
    speaks.
    """

    text: str
    title: str
    category: str
    kind: str
    frame: str
    voice: str


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((MATERIAL / name).read_text(encoding="utf-8"))


@cache
def sources() -> dict[str, dict[str, Any]]:
    """The raw material of every category by its code, in the order of the codes."""
    found = {}
    for path in sorted((MATERIAL / "letters").glob("*.toml")):
        for name, material in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{name}"] = material
    return found


@cache
def month_weights(month: int | None) -> Mapping[str, float]:
    """How often each category is raised in a month (1-12), relative to the others; over the whole year without one."""
    profiles = _file("voices.toml")["profiles"]
    weights = {}
    for code, material in sources().items():
        months = profiles[material.get("profile", "even")]
        weights[code] = material["share"] * (sum(months) / 12 if month is None else months[month - 1])
    return weights


def invent(
    rng: random.Random | int,
    category: str | None = None,
    month: int | None = None,
    place: Place | None = None,
    *,
    kind: str | None = None,
    voice: str | None = None,
    frames: str = "all",
) -> Letter:
    """Write one letter.

    `rng` is a generator or a seed; `category` a second-level code (else drawn by season); `month` 1-12 (else any);
    `frames` is "all", "seen" or "held": which part of the facts may be used, so that a model can be tried on facts
    it never saw. Raises KeyError for an unknown category, kind or voice.
    """
    if not isinstance(rng, random.Random):
        rng = random.Random(rng)  # noqa: S311  invented letters, not secrets
    return _Writer(rng, place or Place(), month, frames).letter(category, kind, voice)


def _pairs(line: str) -> set[str]:
    return set(map(str.__add__, line, line[1:]))


def _held_out(number: int, lines: int) -> bool:
    """Whether a line is among those set aside: every fourth, and of a few lines the last."""
    every = min(HELD_OUT_EVERY, lines)
    return number % every == every - 1


class _Writer:
    """One letter in the making: the generator, the place, and the words already chosen (a letter names one place,
    not two).
    """

    def __init__(self, rng: random.Random, place: Place, month: int | None, frames: str) -> None:
        if frames not in ("all", "seen", "held"):
            raise ValueError(f"frames must be all, seen or held, not {frames!r}")
        self.rng, self.month, self.frames = rng, month, frames
        self.told: set[tuple[str, int]] = set()
        words = _file("voices.toml")
        self.words: Mapping[str, Sequence[str]] = words["words"] | words["places"]
        self.fixed = {
            part: getattr(place, part) or self.fill(rng.choice(words["places"][part]), {})
            for part in ("compound", "building", "unit", "street")
        }

    def letter(self, category: str | None, kind: str | None, voice: str | None) -> Letter:
        category = category or self.weighted(month_weights(self.month))
        material = sources()[category]
        speakers = {name: speaker["share"] for name, speaker in _file("speakers.toml").items() if name != "slips"}
        for _ in range(40):
            chosen_kind = kind or self.weighted(material["kinds"])
            name = voice or self.weighted(speakers)
            speaker = _file("speakers.toml")[name]
            manner = _file("voices.toml")["kinds"][chosen_kind]
            frame, pieces = self.pieces(material, chosen_kind, speaker, manner)
            text = self.spoil(self.swap(self.join(pieces, speaker), speaker), name)
            if SHORTEST <= len(text) <= LONGEST:
                break
        else:
            text = (text + self.say("，请尽快处理，谢谢。"))[:LONGEST]
        title = self.say(self.rng.choice(manner["title"]))
        return Letter(text, title, category, chosen_kind, f"{category}/{frame}", name)

    def pieces(
        self, material: dict[str, Any], kind: str, speaker: dict[str, Any], manner: dict[str, Any]
    ) -> tuple[str, list[str]]:
        """The sentences in the order in which this person says them, and the name of the fact."""
        # Some people are brief whatever their manner, and some are not.
        breath = 1.0 if speaker.get("short") else self.rng.choice((0.6, 1.0, 1.0, 1.6, 2.2))
        chance = {name: value * breath for name, value in speaker["chances"].items()}
        part = {"advice": "questions", "suggestion": "proposals"}.get(kind, "facts")
        frame, core = self.pick(material, part)
        core = self.say(core)
        self.told = {(part, frame)}
        self.fixed["subject"] = self.fitting(material, "subjects", core)
        if speaker.get("short") and part == "facts":
            core = "，".join(core.split("，")[: self.rng.choice((2, 2, 3))])
        body = [core]
        if part != "facts" and self.rng.random() < 0.45:
            body.insert(0, self.fitting(material, "facts", core))
        elif self.rng.random() < chance["second"]:
            body.extend(self.fitting(material, "facts", core) for _ in range(self.rng.choice((1, 1, 2))))
        if self.rng.random() < chance["effect"] and part != "questions":
            # Now and then the harm comes before the cause.
            body.insert(0 if self.rng.random() < 0.12 else len(body), self.fitting(material, "effects", core))
        around = _file("voices.toml")["around"]
        if self.rng.random() < chance["history"] * (1 if part == "facts" else 0.3):
            body.append(self.say(self.rng.choice(around["history"])))
        if self.rng.random() < chance["aside"]:
            line = self.say(
                self.rng.choice(speaker.get("aside", around["aside"]) if self.rng.random() < 0.8 else around["aside"])
            )
            body.insert(self.rng.choice((0, 0, len(body))), line)
        if self.rng.random() < chance["opening"]:
            body.insert(0, self.say(self.rng.choice(manner["opening"])))
        if self.rng.random() < chance["ask"]:
            own = part == "facts" and self.rng.random() < 0.65
            body.append(self.say(self.pick(material, "asks")[1] if own else self.rng.choice(manner["ask"])))
        greeting = self.say(self.rng.choice(speaker["greeting"])) if speaker["greeting"] else ""
        closing = self.say(self.rng.choice(speaker["closing"]))
        return f"{part}/{frame}", list(dict.fromkeys(piece for piece in (greeting, *body, closing) if piece))

    def pick(self, material: dict[str, Any], part: str) -> tuple[int, str]:
        """One line of a part of a category's material: its number and its text, of the season and of the allowed
        frames.
        """
        seasons = _file("voices.toml")["seasons"]
        usable = []
        for number, line in enumerate(material[part]):
            if self.frames != "all" and _held_out(number, len(material[part])) != (self.frames == "held"):
                continue
            season = _SEASON.match(line)
            if season and self.month is not None and self.month not in seasons[season[1]]:
                continue
            usable.append((number, line[season.end() :] if season else line))
        return self.rng.choice(usable or [(0, _SEASON.sub("", material[part][0]))])

    def fitting(self, material: dict[str, Any], part: str, core: str) -> str:
        """Of a few lines not yet said the one that has most in common with the fact, so that a title names the matter.

        Empty when everything has been said already.
        """
        pairs = _pairs(core)
        best, most, chosen = "", -1.0, None
        for _ in range(5):
            number, frame = self.pick(material, part)
            if (part, number) in self.told:
                continue
            line = self.say(frame)
            common = len(pairs & _pairs(line)) / (4 + len(line))
            if common > most:
                best, most, chosen = line, common, number
        if part == "facts" and chosen is not None:
            self.told.add((part, chosen))
        return best

    def weighted(self, weights: Mapping[str, float]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def say(self, frame: str) -> str:
        return self.fill(frame, self.fixed)

    def fill(self, frame: str, fixed: Mapping[str, str]) -> str:
        return render(parse(frame), self.rng, lambda name: self.slot(name, fixed))

    def slot(self, name: str, fixed: Mapping[str, str]) -> str:
        bounds = _SLOT.fullmatch(name)
        if bounds:
            number = self.rng.randint(int(bounds[1]), int(bounds[2]))
            return _DIGITS[number] if 2 < number <= 10 and self.rng.random() < 0.2 else str(number)
        return fixed[name] if name in fixed else self.fill(self.rng.choice(self.words[name]), fixed)

    def join(self, pieces: Sequence[str], speaker: dict[str, Any]) -> str:
        comma = self.rng.choice(speaker["comma"])
        text = ""
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            stop = self.rng.choice(speaker["stop"])
            if piece[-1] in "？！。":
                stop = ""
            elif number == 0 and self.rng.random() < 0.7:
                stop = self.rng.choice("，，：") if len(piece) < 9 else "，"
            elif not last and not stop.strip():
                stop = self.rng.choice(("，", " ", "。"))
            elif last and stop == "，":
                stop = ""
            text += (piece if comma == "，" else piece.replace("，", comma)) + stop
        return text.strip()

    def swap(self, text: str, speaker: dict[str, Any]) -> str:
        for word, own in speaker.get("swap", {}).items():
            if self.rng.random() < 0.85:
                text = text.replace(word, own)
        return text

    def spoil(self, text: str, voice: str) -> str:
        """A slip of the pen in a few letters; none by a call taker or in an official tone."""
        slips = [pair for pair in _file("speakers.toml")["slips"]["pairs"].items() if pair[0] in text]
        if slips and voice not in ("operator", "formal") and self.rng.random() < SLIP_CHANCE:
            wrong = self.rng.choice(slips)
            text = text.replace(wrong[0], wrong[1], 1)
        text = re.sub(r"[，,：](?=[，。！？])", "", text)
        return re.sub(r"([，。！？,])[，,。]+", r"\1", text).rstrip("，,： ")
