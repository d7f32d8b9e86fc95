"""What the database adds up is what a fold in plain Python finds, over random whistles; and each figure opens its whistles."""

from datetime import timedelta
from random import Random

import pytest

from linli.base import policies
from linli.base.actor import Actor, system
from linli.base.scope import enter, scope
from linli.matters.whistles import counting, queries
from linli.matters.whistles.models import Rating, Whistle
from linli.matters.whistles.rules import Figures, outcome
from linli.procedures.models import Assignment, Clock, Proceeding
from tests.cast import GRID, GRID_THERE, MONDAY, Cast
from tests.matters.whistles.folding import Call, Rated, figures, stored

NOW = MONDAY + timedelta(hours=9)


def invented(cast: Cast, number: int, seed: int) -> None:
    """So many whistles with calls that were followed in time or late, missed, taken back, or still awaited."""
    enter(system("test"))
    luck, policy = Random(seed), policies.load("procedure.whistle").id
    units = [cast.organisations[name].pk for name in ("city", "safety", "utilities", "office")]
    holders = [cast.organisations[name].pk for name in ("here", "there", "desk")]
    for one in range(number):
        opened, whistler = MONDAY + timedelta(minutes=luck.randrange(0, 600)), luck.choice(holders)
        row = Proceeding.objects.create(
            number=f"W1101060{seed:02d}-{one:04d}", procedure_id=policy, kind="whistle", title="吹哨", region_code=luck.choice([GRID, GRID_THERE]),
            service_class=luck.choice(["joint", "emergency"]), step="called", round=1, holder_id=whistler, desk_id=whistler, opened_at=opened,
            involved=[whistler, *units], head="", entry_count=1,
        )  # fmt: skip
        Whistle.objects.create(
            proceeding=row,
            text="现场",
            place_text="某处",
            whistled_at=opened,
            result=luck.choice(["", "solved", "unsolved"]),
        )
        for seq in range(1, luck.randint(2, 5)):
            called, unit = opened + timedelta(minutes=seq), luck.choice(units)
            due = None if luck.random() < 0.1 else called + timedelta(minutes=30)
            came = called + timedelta(minutes=luck.choice([1, 29, 30, 30.5, 45, 90])) if luck.random() < 0.5 else None
            ended = (
                called + timedelta(minutes=luck.choice([10, 30, 31, 200]))
                if came is None and luck.random() < 0.4
                else None
            )
            Assignment.objects.create(
                proceeding=row, seq=seq, organisation_id=unit, role="whistled", round=1, offered_at=called,
                status=luck.choice(["offered", "accepted", "done", "withdrawn"]),
            )  # fmt: skip
            if luck.random() < 0.97:
                Clock.objects.create(
                    proceeding=row, seq=seq, code="arrival", round=1, started_at=called, amount=30, unit="minutes", policy="x", calendar=1,
                    due_at=due, met_at=came, stopped_at=ended,
                )  # fmt: skip
            for by, of in ((whistler, unit), (unit, whistler)):
                if luck.random() < 0.4 and not Rating.objects.filter(whistle_id=row.pk, by_id=by, of_id=of).exists():
                    Rating.objects.create(whistle_id=row.pk, by_id=by, of_id=of, score=luck.randint(1, 5), at=called)


def same(found: list[Figures], folded: list[Figures]) -> None:
    assert [(f.organisation, f.called, f.in_time, f.late, f.missed, f.waiting) for f in found] == [
        (f.organisation, f.called, f.in_time, f.late, f.missed, f.waiting) for f in folded
    ]
    for one, other in zip(found, folded, strict=True):
        assert (one.concluded, one.solved, one.ratings) == (other.concluded, other.solved, other.ratings)
        assert one.mean_rating == pytest.approx(other.mean_rating) if other.mean_rating else one.mean_rating is None
        assert one.median_minutes == (pytest.approx(other.median_minutes) if other.median_minutes is not None else None)


def seen_by(actor: Actor) -> tuple[list[Call], list[Rated]]:
    with scope(actor):
        return stored(queries.visible_to(actor).values_list("pk", flat=True))


@pytest.mark.parametrize("seed", range(4))
def test_the_database_adds_up_what_the_fold_finds(cast: Cast, seed: int) -> None:
    invented(cast, 30, seed)
    for actor in (cast.leader, cast.secretary, cast.clerk, cast.neighbour, system("test")):
        calls, marks = seen_by(actor)
        with scope(actor):
            found = counting.figures(actor, {}, NOW)
        same(found["department"], figures(calls, marks, NOW, lambda call: call.department))
        same(found["whistler"], figures(calls, marks, NOW, lambda call: call.whistler))


def test_narrowed_by_time_kind_and_place(cast: Cast) -> None:
    invented(cast, 40, 5)
    chosen = {
        "since": MONDAY + timedelta(hours=2),
        "until": MONDAY + timedelta(hours=8),
        "kind": "joint",
        "region": GRID[:12],
    }
    kept = Proceeding.objects.filter(
        kind="whistle", opened_at__gte=chosen["since"], opened_at__lt=chosen["until"], service_class="joint",
        region_code__startswith=GRID[:12],
    )  # fmt: skip
    calls, marks = stored(kept.values_list("pk", flat=True))
    assert calls
    found = counting.figures(system("test"), {**chosen, "q": "figures know no words"}, NOW)
    same(found["department"], figures(calls, marks, NOW, lambda call: call.department))
    assert counting.figures(system("test"), {"since": NOW + timedelta(days=9)}, NOW) == {
        "department": [],
        "whistler": [],
    }


def test_every_figure_opens_the_whistles_that_the_fold_counts(cast: Cast) -> None:
    invented(cast, 40, 6)
    calls, marks = seen_by(cast.leader)
    tried = 0
    with scope(cast.leader):
        for side in queries.SIDES:
            for unit in {getattr(call, side) for call in calls}:
                mine = [call for call in calls if getattr(call, side) == unit and outcome(call, NOW) != "released"]
                wanted = {
                    code: {c.whistle for c in mine if outcome(c, NOW) == code}
                    for code in ("in_time", "late", "missed", "waiting")
                }
                wanted["called"] = {c.whistle for c in mine}
                wanted["concluded"] = {c.whistle for c in mine if c.result}
                wanted["solved"] = {c.whistle for c in mine if c.result == "solved"}
                wanted["rated"] = {one.whistle for one in marks if one.of == unit}
                assert set(wanted) == set(queries.FIGURES)
                for code, ids in wanted.items():
                    rows = queries.filtered(
                        queries.listed(cast.leader, queries.tab_of("all"), NOW),
                        {"figure": f"{side}.{code}.{unit}"},
                        NOW,
                    )
                    assert set(rows.values_list("pk", flat=True)) == ids, (side, code)
                    tried += bool(ids)
    assert tried > 30


def test_one_statement_however_many(cast: Cast, django_assert_num_queries) -> None:
    for number in (3, 30):
        invented(cast, number, number)
        with django_assert_num_queries(1):
            counting.figures(system("test"), {}, NOW)
