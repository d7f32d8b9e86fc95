"""Nothing that is kept back can be worked out: everything public is attacked with linear programming."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from linli.base import policies
from linli.base.policies import registry
from linli.insight.openness import rules, showing

THRESHOLD = 10
COMMUNITIES, CATEGORIES = 4, 4
# The atoms of everything a month could hold: complaints by community and category; answers in time or not; call-backs by
# contact, resolution and satisfaction.
OUTCOMES = [(c, r, s) for c in (0, 1) for r in (0, 1) for s in ("satisfied", "basic", "dissatisfied")]


@dataclass
class Attack:
    """Unknown numbers of people, and every equation that the public tables give. Bounds by linear programming."""

    unknowns: dict[Any, int] = field(default_factory=dict)
    rows: list[tuple[list[int], float]] = field(default_factory=list)
    floors: list[tuple[list[int], float]] = field(default_factory=list)

    def unknown(self, name: Any) -> int:
        return self.unknowns.setdefault(name, len(self.unknowns))

    def told(self, names: list[Any], value: int | None) -> None:
        """The sum of these unknowns stands on a public page."""
        if value is not None:
            self.rows.append(([self.unknown(name) for name in names], float(value)))

    def at_least(self, names: list[Any], value: int) -> None:
        """Something public (a hang-up, an example) says that there are so many at least."""
        self.floors.append(([self.unknown(name) for name in names], float(value)))

    def bounds(self, names: list[Any]) -> tuple[float, float]:
        """The smallest and the largest value that the sum of these unknowns could have."""
        count = len(self.unknowns)
        equal, values = np.zeros((len(self.rows), count)), np.array([value for _row, value in self.rows])
        for line, (row, _value) in enumerate(self.rows):
            equal[line, row] = 1
        floor, least = np.zeros((len(self.floors), count)), np.array([-value for _row, value in self.floors])
        for line, (row, _value) in enumerate(self.floors):
            floor[line, row] = -1
        goal = np.zeros(count)
        goal[[self.unknown(name) for name in names]] = 1
        found = []
        for sign in (1, -1):
            answer = linprog(
                sign * goal, A_ub=floor if len(floor) else None, b_ub=least if len(floor) else None,
                A_eq=equal if len(equal) else None, b_eq=values if len(equal) else None, bounds=(0, None), method="highs",
            )  # fmt: skip
            # 3: without an upper end. 0: found. Nothing else may come: the truth itself is a solution.
            assert answer.status in (0, 3), answer.message
            found.append(float("inf") if answer.status == 3 else sign * answer.fun)
        return found[0], found[1]


def atoms(month: int, what: str, **wanted: Any) -> list[Any]:
    """Names of the unknowns of a month that belong to one cell."""
    if what == "filed":
        return [
            (month, "filed", place, topic)
            for place in range(COMMUNITIES)
            for topic in range(CATEGORIES)
            if wanted.get("place", place) == place and wanted.get("topic", topic) == topic
        ]
    if what == "answered":
        return [(month, "answered", late) for late in (0, 1) if wanted.get("late", late) == late]
    return [
        (month, "said", c, r, s)
        for c, r, s in OUTCOMES
        if wanted.get("contacted", c) == c and wanted.get("resolved", r) == r and wanted.get("satisfaction", s) == s
    ]


# (star, part) -> what belongs to it
CELLS: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    **{("communities", f"p{n}"): ("filed", {"place": n}) for n in range(COMMUNITIES)},
    **{("categories", f"t{n}"): ("filed", {"topic": n}) for n in range(CATEGORIES)},
    ("answering", "on_time"): ("answered", {"late": 0}),
    ("answering", "late"): ("answered", {"late": 1}),
    ("contact", "contacted"): ("said", {"contacted": 1}),
    ("contact", "not_contacted"): ("said", {"contacted": 0}),
    ("resolution", "resolved"): ("said", {"resolved": 1}),
    ("resolution", "not_resolved"): ("said", {"resolved": 0}),
    **{("satisfaction", one): ("said", {"satisfaction": one}) for one in ("satisfied", "basic", "dissatisfied")},
}
WHOLES = {"communities": "filed", "categories": "filed", "answering": "answered"}


def public(truth: Mapping[Any, int], month: int) -> dict[str, Any]:
    """The tables that would be released of this truth."""

    def count(names: list[Any]) -> int:
        return sum(truth[name] for name in names)

    def said(**wanted: Any) -> int:
        return count(atoms(month, "said", **wanted))

    measures = {
        "filed": count(atoms(month, "filed")), "proactive": 0, "answered": count(atoms(month, "answered")),
        "answered_late": count(atoms(month, "answered", late=1)), "reachable": said(), "contacted": said(contacted=1),
        "resolved": said(resolved=1), "satisfied": said(satisfaction="satisfied"), "basic": said(satisfaction="basic"),
        "dissatisfied": said(satisfaction="dissatisfied"),
    }  # fmt: skip
    return rules.tables(
        {f"p{n}": count(atoms(month, "filed", place=n)) for n in range(COMMUNITIES)},
        {f"t{n}": count(atoms(month, "filed", topic=n)) for n in range(CATEGORIES)},
        measures,
        THRESHOLD,
    )


def learn(attack: Attack, told: Mapping[str, Any], month: int) -> None:
    """Everything that stands in the tables of a month, wholes, parts and rates."""
    for (star, part), (what, wanted) in CELLS.items():
        attack.told(atoms(month, what, **wanted), told[star]["parts"][part])
        attack.told(atoms(month, what), told[star]["whole"])
    for star, part in (("answering", "on_time"), ("contact", "contacted"), ("resolution", "resolved")):
        rate = rules.share(told, star, part)
        if rate is not None:
            what, wanted = CELLS[star, part]
            attack.told(atoms(month, what, **wanted), int(rate * told[star]["whole"]))
    weighted = rules.satisfaction(told, Fraction(9, 10))
    assert weighted is None or None not in (
        told["satisfaction"]["parts"]["satisfied"],
        told["satisfaction"]["parts"]["basic"],
    )


def names() -> list[Any]:
    return [name for month in (0, 1) for what in ("filed", "answered", "said") for name in atoms(month, what)]


small = st.one_of(st.integers(0, 3), st.integers(0, 14), st.integers(0, 60))


@settings(max_examples=120, deadline=None)
@given(st.lists(small, min_size=len(names()), max_size=len(names())), st.integers(0, COMMUNITIES - 1), st.booleans())
def test_no_cell_that_is_kept_back_can_be_pinned_below_the_threshold(
    numbers: list[int], place: int, hung: bool
) -> None:
    """Two months, all tables, all rates, and one hang-up of an unnamed month that everybody sees."""
    truth = dict(zip(names(), numbers, strict=True))
    attack = Attack({name: key for key, name in enumerate(names())})
    told = [public(truth, month) for month in (0, 1)]
    for month in (0, 1):
        learn(attack, told[month], month)
    here = [*atoms(0, "filed", place=place), *atoms(1, "filed", place=place)]
    if hung and sum(truth[name] for name in here):
        attack.at_least(here, 1)
    for month in (0, 1):
        for (star, part), (what, wanted) in CELLS.items():
            if told[month][star]["parts"][part] is None:
                low, high = attack.bounds(atoms(month, what, **wanted))
                assert high >= THRESHOLD, (star, part, low, high)
                assert high - low >= THRESHOLD, (star, part, low, high)
            else:
                assert told[month][star]["parts"][part] >= THRESHOLD
        for star, what in (("communities", "filed"), ("answering", "answered"), ("resolution", "said")):
            if told[month][star]["whole"] is None:
                assert attack.bounds(atoms(month, what))[1] >= THRESHOLD


def test_the_attack_is_sharp() -> None:
    """Only the small cell kept back, and the attack works it out: the test above can fail."""
    attack = Attack()
    attack.told(["a", "b", "c"], 40)
    attack.told(["a"], 25)
    attack.told(["b"], 12)
    assert attack.bounds(["c"]) == (3, 3)
    half = Attack()
    half.told(["a", "b", "c"], 40)
    half.told(["a"], 35)
    assert half.bounds(["c"]) == (0, 5)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 80), min_size=1, max_size=12))
def test_no_more_is_kept_back_than_has_to_be(numbers: list[int]) -> None:
    parts = {str(key): number for key, number in enumerate(numbers)}
    star = rules.protect(sum(numbers), parts, THRESHOLD)
    kept = [parts[key] for key, shown in star.parts.items() if shown is None]
    if all(number >= THRESHOLD for number in numbers):
        assert kept == []
    elif star.whole is not None:
        # Without the largest of those kept back, it would be one alone, or too few together, or one of them is small.
        rest = sorted(kept)[:-1]
        assert len(kept) >= 2
        assert len(rest) < 2 or sum(rest) < THRESHOLD or max(kept) < THRESHOLD or kept.count(max(kept)) > 1


def test_rates_come_from_what_is_shown_only() -> None:
    told = rules.tables(
        {"a": 100}, {"x": 100},
        {
            "filed": 100, "proactive": 3, "answered": 90, "answered_late": 4, "reachable": 60, "contacted": 45,
            "resolved": 40, "satisfied": 30, "basic": 18, "dissatisfied": 12,
        },
        THRESHOLD,
    )  # fmt: skip
    shown = showing.rates({"stars": told, "basic_weight": "0.9"})
    assert shown == {"on_time": "—", "response": "75.0%", "resolution": "66.7%", "satisfaction": "77.0%"}
    assert told["proactive"]["whole"] is None


def test_call_backs_without_an_answer_are_a_part_of_their_own() -> None:
    measures = dict.fromkeys(("filed", "proactive", "answered", "answered_late", "contacted", "resolved"), 0)
    told = rules.tables(
        {}, {}, {**measures, "reachable": 60, "satisfied": 25, "basic": 0, "dissatisfied": 0}, THRESHOLD
    )["satisfaction"]
    assert told["parts"] == {"satisfied": None, "basic": None, "dissatisfied": None, "unstated": 35}


def test_a_month_is_told_after_its_end() -> None:
    from datetime import date

    assert rules.may_release(date(2026, 3, 1), date(2026, 4, 3), 3)
    assert rules.may_release(date(2026, 3, 1), date(2026, 4, 4), 3) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("住在春光里小区3号楼501室，灯坏了", "住在春光里小区***，灯坏了"),
        ("电话13800138000已联系", "电话138****8000已联系"),
        ("更换了12盏路灯。2026年加装扶手", "更换了12盏路灯。2026年加装扶手"),
        ("共投入120", "共投入120"),
        ("平房32号", "平房***"),
    ],
)
def test_numbers_of_people_and_doors_are_masked(text: str, told: str) -> None:
    assert rules.conceal(text) == told
    assert rules.conceal(told) == told


def test_the_policy_keeps_its_examples_and_says_what_is_wrong(db: None) -> None:
    data = policies.load("openness").data
    assert registry.try_examples("openness", data) == []
    assert rules.problems({**data, "threshold": 2})
    assert rules.problems({**data, "wait_days": True})
