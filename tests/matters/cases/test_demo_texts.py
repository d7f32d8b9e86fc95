"""The invented letters: many, different, in season, in place, and the same again from the same seed."""

import random
import re
import tomllib
from collections import Counter

import pytest

from linli.matters.cases.demo_grammar import parse, render
from linli.matters.cases.demo_texts import (
    HELD_OUT_EVERY,
    KINDS,
    LONGEST,
    MATERIAL,
    SHORTEST,
    Letter,
    Place,
    invent,
    month_weights,
    sources,
)

CODES = sorted(sources())


@pytest.fixture(scope="module")
def year() -> list[tuple[int, Letter]]:
    rng = random.Random("a year")
    return [(month, invent(rng, month=month)) for month in range(1, 13) for _ in range(250)]


def test_there_is_enough_material_for_every_category() -> None:
    assert len(sources()) >= 60
    for code, material in sources().items():
        frames = material["facts"] + material["questions"] + material.get("proposals", [])
        assert len(frames) >= 12, code
        assert len(set(frames)) == len(frames), code
        assert all("[" in frame or "{" in frame for frame in frames), code
        assert set(material["kinds"]) <= set(KINDS), code


def test_the_grammar_is_closed_everywhere() -> None:
    for path in MATERIAL.rglob("*.toml"):
        if path.parent.name == "letters" or path.name in ("voices.toml", "speakers.toml"):
            for line in _strings(tomllib.loads(path.read_text(encoding="utf-8"))):
                parse(line)


@pytest.mark.parametrize("source", ["[甲", "甲]", "{甲", "[甲|乙]]", "甲|乙"])
def test_an_open_bracket_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"bracket"):
        parse(source)


def test_the_grammar_says_each_alternative_and_nothing_else() -> None:
    rng = random.Random(1)
    said = {render(parse("[甲|乙[丙|]|]丁{戊}"), rng, lambda name: f"<{name}>") for _ in range(200)}
    assert said == {"甲丁<戊>", "乙丙丁<戊>", "乙丁<戊>", "丁<戊>"}


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in inside for text in _strings(item)]


def test_twenty_thousand_letters_are_all_but_all_different() -> None:
    rng = random.Random("many")
    letters = [invent(rng).text for _ in range(21_000)]
    assert len(set(letters)) > 20_000
    beginnings = Counter(letter[:12] for letter in letters)
    assert beginnings.most_common(1)[0][1] < 210, "one letter in a hundred begins alike: a mail merge"


def test_length_and_form(year: list[tuple[int, Letter]]) -> None:
    for _, letter in year:
        assert SHORTEST <= len(letter.text) <= LONGEST
        assert 3 <= len(letter.title) <= 60
        assert not re.search(r"[\[\]{}|@#]|，，|。。[^。]|，。", letter.text.replace("。。。", "")), letter.text
        assert not re.search(r"[\[\]{}|@#]", letter.title), letter.title
        assert letter.category in sources()
        assert letter.kind in KINDS


def test_no_telephone_and_no_identity_number(year: list[tuple[int, Letter]]) -> None:
    assert not [letter.text for _, letter in year if re.search(r"1[3-9]\d{9}|\d{15,18}|\d{3,4}-\d{7,8}", letter.text)]


def test_the_same_seed_writes_the_same_letter() -> None:
    assert invent(7) == invent(7)
    assert invent(random.Random(7), "utilities.gas", 1) == invent(7, "utilities.gas", 1)
    assert len({invent(seed).text for seed in range(200)}) == 200


@pytest.mark.parametrize("code", CODES)
def test_every_category_speaks_in_every_kind(code: str) -> None:
    for kind in KINDS:
        letter = invent(3, code, kind=kind)
        assert (letter.category, letter.kind) == (code, kind)
        assert letter.frame.startswith(f"{code}/")


def test_places_are_those_given() -> None:
    place = Place("试验甲小区", "7号楼", "3单元", "试验乙路")
    rng = random.Random("places")
    texts = "\n".join(invent(rng, "utilities.heating", place=place).text for _ in range(80))
    assert "试验甲小区" in texts
    assert "7号楼" in texts
    assert not re.search("春晓苑|锦云花园|怡景|百合公寓", texts)


def test_seasons(year: list[tuple[int, Letter]]) -> None:
    months: dict[str, Counter[int]] = {}
    for month, letter in year:
        months.setdefault(letter.category, Counter())[month] += 1
    heating = months["utilities.heating"]
    assert sum(heating[month] for month in (11, 12, 1, 2, 3)) > 0.9 * sum(heating.values())
    assert heating[7] == 0
    assert month_weights(7)["municipal.flooding"] > 8 * month_weights(1)["municipal.flooding"]
    assert month_weights(7)["sanitation.snow"] == 0
    assert month_weights(7)["noise.social"] > 3 * month_weights(1)["noise.social"]


def test_seasonal_facts_keep_to_their_months() -> None:
    rng = random.Random("june")
    summer = [invent(rng, "noise.construction", month=6).text for _ in range(150)]
    winter = [invent(rng, "noise.construction", month=12).text for _ in range(150)]
    assert any("高考" in text or "中考" in text for text in summer)
    assert not any("马上高考" in text or "马上中考" in text for text in winter)


def test_frames_set_aside_are_never_mixed_with_the_others() -> None:
    def frames(part: str) -> set[str]:
        rng = random.Random(part)
        return {invent(rng, code, frames=part).frame for code in CODES for _ in range(12)}

    seen, held = frames("seen"), frames("held")
    assert not seen & held
    assert all(
        int(frame.rsplit("/", 1)[1]) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 for frame in held if "facts" in frame
    )


def test_voices_differ() -> None:
    rng = random.Random("voices")

    def lengths(voice: str) -> float:
        return sum(len(invent(rng, voice=voice).text) for _ in range(120)) / 120

    assert lengths("terse") + 15 < lengths("plain") < lengths("rambling")
    assert any("诉求人" in invent(rng, voice="operator").text for _ in range(20))


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(KeyError):
        invent(1, "no.such")
    with pytest.raises(KeyError):
        invent(1, kind="praise")
    with pytest.raises(ValueError, match="frames"):
        invent(1, frames="some")
