"""The statistics: what they find, what they leave alone, how often they cry wolf, how often the interval holds. No database."""

from datetime import date
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.hotspots import false_alarms, places, quiet
from linli.insight.hotspots import effect, policy, scan, seasons

RULE: dict[str, Any] = {"longest": 4, "least": 5, "replicates": 99, "alpha": 0.05}


def test_a_planted_hot_spot_is_found_where_and_when_it_is() -> None:
    chance = np.random.default_rng(3)
    counts = quiet(chance, 2000, 20, 6)
    counts[2, [9, 10], 30:33] += 4
    found = scan.search(counts, places(20), seed=1, **RULE)
    assert found
    best = found[0]
    assert best.topic == 2
    assert {9, 10} <= set(best.grids)
    assert best.first <= 31 <= best.last
    assert best.cases == counts[2, list(best.grids), best.first : best.last + 1].sum()
    assert best.p == pytest.approx(0.01)


def test_the_same_counts_and_seed_give_the_same_answer() -> None:
    counts = quiet(np.random.default_rng(3), 2000, 20, 6)
    counts[2, [9, 10], 30:33] += 4
    assert scan.search(counts, places(20), seed=5, **RULE) == scan.search(counts, places(20), seed=5, **RULE)


def test_neither_a_busy_grid_nor_a_busy_week_is_a_hot_spot() -> None:
    counts = np.zeros((1, 12, 20), dtype=np.int64)
    counts[0] = 1
    counts[0, 4] = 6
    counts[0, :, 11] *= 5
    assert scan.search(counts, places(12), seed=1, **RULE) == []


def test_the_statistic_is_kulldorffs() -> None:
    """By hand: 10 inside where 4 are usual, of 50."""
    value = scan.ratio(np.array([10.0]), np.array([4.0]), 50.0)[0]
    assert value == pytest.approx(10 * np.log(10 / 4) + 40 * np.log(40 / 46))
    assert scan.ratio(np.array([3.0]), np.array([4.0]), 50.0)[0] == 0
    assert scan.ratio(np.array([50.0]), np.array([4.0]), 50.0)[0] == pytest.approx(50 * np.log(50 / 4))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 9), st.integers(5, 14))
def test_shuffling_keeps_every_grid_and_every_week(seed: int, grids: int, weeks: int) -> None:
    chance = np.random.default_rng(seed)
    counts = chance.poisson(0.8, size=(grids, weeks))
    topic = scan.Topic(counts, scan.padded([(n,) for n in range(grids)], grids), 3, 2)
    other = topic.shuffled(chance)
    assert (other.sum(axis=0) == counts.sum(axis=0)).all()
    assert (other.sum(axis=1) == counts.sum(axis=1)).all()
    # What is expected of all circles of one grid over any window adds up to what there was in it.
    windows = [counts[:, first : last + 1].sum() for first, last in topic.spans]
    assert topic.expected.sum(axis=0) == pytest.approx(windows)
    assert topic.inside(counts).sum(axis=0) == pytest.approx(windows)


def test_circles_hold_the_nearest_and_end_at_the_radius() -> None:
    line = [(116.2, 39.8), (116.201, 39.8), (116.203, 39.8), (116.3, 39.8), None]
    found = scan.circles(line, 3, 500)
    assert (0, 1) in found
    assert (0, 1, 2) in found
    assert (0, 2) not in found, "1 lies between"
    assert (3,) in found
    assert (4,) in found
    assert not any({3, 4} & set(one) and len(one) > 1 for one in found)


def test_false_alarms_keep_to_alpha_when_complaints_are_independent() -> None:
    """The documented figure in small (1,000 years with `python -m bench.hotspots --false-alarms 1000`).

    120 quiet years at 5 %: 6 expected, more than 14 in fewer than one of a thousand tries (binomial tail).
    """
    runs = 120
    assert sum(comb(runs, k) * 0.05**k * 0.95 ** (runs - k) for k in range(15, runs + 1)) < 0.001
    assert false_alarms(runs, 1.0, 11) <= 14


def test_several_calls_for_one_event_raise_false_alarms_as_documented() -> None:
    """Why the page says: look at the cases first. With two calls per event the promise of 5 % does not hold."""
    assert false_alarms(40, 2.0, 11) > 8


# Seasons.


def test_a_season_goes_round_the_end_of_the_year() -> None:
    arc = seasons.season([[21, 4, 2, 1, 1, 0, 1, 0, 1, 2, 18, 25], [19, 6, 1, 0, 1, 0, 2, 0, 1, 3, 20, 22]], 4)
    assert arc is not None
    assert (arc.text, arc.months, arc.years, arc.returned) == ("11月至1月", [11, 12, 1], 2, 2)
    assert seasons.next_start(arc, date(2026, 5, 1)) == date(2026, 11, 1)
    assert seasons.next_start(arc, date(2026, 11, 1)) == date(2027, 11, 1)


def test_a_season_of_one_year_only_did_not_return() -> None:
    arc = seasons.season([[0] * 6 + [30, 30] + [0] * 4, [3] * 12], 4)
    assert arc is not None
    assert (arc.text, arc.years, arc.returned) == ("7月至8月", 2, 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.floats(0.05, 0.6), st.data())
def test_the_tail_is_the_binomial_one(total: int, share: float, data: st.DataObject) -> None:
    cases = data.draw(st.integers(0, total))
    exact = sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(cases, total + 1))
    assert seasons.tail(cases, total, share) == pytest.approx(exact, rel=1e-9, abs=1e-300)


def test_even_years_show_hardly_any_season() -> None:
    """400 places without a season: of all tried at 5 %, chance may show a few in one run of twenty; here none."""
    chance = np.random.default_rng(9)
    share = np.array(seasons.DAYS) / seasons.YEAR
    found = {}
    for number in range(400):
        arc = seasons.season([chance.multinomial(80, share).tolist()], 4)
        assert arc is not None
        found[str(number), "topic"] = arc
    assert len(seasons.kept(found, share_false=0.05, least_cases=12, least_ratio=1.5)) <= 1


def test_whole_years_end_before_the_present_month() -> None:
    assert seasons.whole_years(date(2026, 3, 15), 2) == [2024 * 12 + 2, 2025 * 12 + 2]


# Effect.


def test_no_comparable_grid_is_said() -> None:
    before = {"a": 40, "b": 2, "c": 1}
    told = effect.compare(before, {"a": 10}, {"a"}, {"a", "b", "c"}, tolerance=0.5, least_grids=3)
    assert (told.difference, told.before, told.after, told.others) == (None, 40, 10, ())
    assert not told.sure


def test_a_fall_beyond_that_of_comparable_grids_is_shown_with_its_interval() -> None:
    before = {"a": 20, **{f"g{n}": 18 + n % 5 for n in range(12)}}
    after = {"a": 3, **{f"g{n}": 17 + n % 4 for n in range(12)}}
    told = effect.compare(before, after, {"a"}, before.keys(), tolerance=0.5, least_grids=3)
    assert told.difference is not None
    assert told.low is not None
    assert told.high is not None
    assert told.low < told.difference < told.high < 0
    assert told.sure
    assert len(told.others) == 12


def test_the_interval_covers_no_effect_about_as_often_as_it_says() -> None:
    """Regression to the mean included: the task's grid is the highest of forty, as a hot spot is."""
    chance, covered, told_of = np.random.default_rng(5), 0, 0
    for _run in range(400):
        rate = chance.gamma(8.0, 1.0, size=40)
        before = dict(enumerate(chance.poisson(rate).tolist()))
        after = dict(enumerate(chance.poisson(rate).tolist()))
        top = max(before, key=lambda one: before[one])
        told = effect.compare(
            {str(k): v for k, v in before.items()}, {str(k): v for k, v in after.items()}, {str(top)},
            {str(k) for k in before}, tolerance=0.5, least_grids=3,
        )  # fmt: skip
        if told.low is not None and told.high is not None:
            told_of += 1
            covered += told.low <= 0 <= told.high
    assert told_of > 200
    assert covered / told_of > 0.9


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("scan", "weeks", 3),
        ("scan", "alpha", "x"),
        ("season", "years", True),
        ("effect", "least_grids", 1),
        ("scan", "replicates", 19),
    ],
)
def test_the_policy_says_what_is_wrong(part: str, key: str, value: object) -> None:
    from linli.base.policies import registry

    data = registry.shipped()["hotspots"]
    assert policy.problems(data) == []
    wrong = {**data, part: {**data[part], key: value}}
    if key == "replicates":
        wrong["scan"]["alpha"] = 0.01
    assert any(key in line for line in policy.problems(wrong))
