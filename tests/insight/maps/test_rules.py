"""What the map sends is what it was given; a small number gives nobody away."""

from itertools import accumulate
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from linli.insight.maps import policy
from linli.insight.maps.rules import STEPS, Mark, Told, cut, guarded, packed, steps

CODES = st.sampled_from(["110106009008001", "110106009008002", "110106009009001", "110106009008"])
MARKS = st.lists(
    st.builds(
        Mark,
        id=st.integers(1, 10**9),
        longitude=st.floats(-180, 180),
        latitude=st.floats(-90, 90),
        place=CODES,
        size=st.integers(0, 500),
        flagged=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda mark: mark.id,
)


def unpacked(columns: dict[str, Any]) -> list[Mark]:
    """As the browser reads it (web/islands/map_payload.js)."""
    places = [place for place, run in zip(columns["places"], columns["runs"], strict=True) for _one in range(run)]
    ids, xs, ys = (list(accumulate(columns[name])) for name in ("id", "x", "y"))
    flagged = set(accumulate(columns["flagged"]))
    sizes = columns.get("size", [0] * len(ids))
    return [
        Mark(key, x / STEPS, y / STEPS, place, size, at in flagged)
        for at, (key, x, y, place, size) in enumerate(zip(ids, xs, ys, places, sizes, strict=True))
    ]


@given(MARKS)
def test_packed_columns_hold_every_mark_to_the_metre(marks: list[Mark]) -> None:
    found = {mark.id: mark for mark in unpacked(packed(marks))}
    assert found.keys() == {mark.id for mark in marks}
    for mark in marks:
        other = found[mark.id]
        assert (other.place, other.size, other.flagged) == (mark.place, mark.size, mark.flagged)
        assert abs(other.longitude - mark.longitude) <= 1 / STEPS
        assert abs(other.latitude - mark.latitude) <= 1 / STEPS


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_steps_add_up_to_what_they_were(numbers: list[int]) -> None:
    assert list(accumulate(steps(numbers))) == numbers


@given(st.dictionaries(CODES, st.integers(0, 12)), st.integers(2, 9), st.sampled_from([9, 12, 15]))
def test_a_small_number_cannot_be_worked_out(counts: dict[str, int], least: int, digits: int) -> None:
    """Whatever stands in the grids under the limit, what is told stays the same: that is all somebody can know."""
    grids = ["110106009008001", "110106009008002", "110106009009001"]
    told = guarded(counts, grids, least, digits)
    for other in (0, least - 1):
        changed = {code: number if number >= least else other for code, number in counts.items()}
        assert guarded(changed, grids, least, digits) == told
    open_ = cut({code: number for code, number in counts.items() if number >= least}, digits)
    assert {code: one.number for code, one in told.items() if one.number} == {k: v for k, v in open_.items() if v}


@given(st.dictionaries(CODES, st.integers(0, 12)))
def test_whoever_may_know_reads_every_number(counts: dict[str, int]) -> None:
    told = guarded(counts, [], 0, 15)
    assert {code: one.number for code, one in told.items()} == counts
    assert not any(one.hidden for one in told.values())


def test_words_for_a_number() -> None:
    assert [Told(7).text(5), Told(0, 1).text(5), Told(7, 2).text(5), Told(0, 3).text(5)] == ["7", "<5", "≥7", "各<5"]


def test_the_policy_refuses_a_limit_that_hides_nothing() -> None:
    assert policy.problems({"care_least": 5, "responsible": ["grid_worker"]}) == []
    for wrong in (0, 1, True, "5", 1001, None):
        assert policy.problems({"care_least": wrong, "responsible": []})
    assert policy.problems({"care_least": 5, "responsible": "grid_worker"})
