"""Arithmetic of whistles: how a call ended, who owes whom a rating, what a row of the figures says. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from linli.procedures.rules import State

Outcome = Literal["in_time", "late", "missed", "waiting", "released"]
SCORE_LEAST, SCORE_MOST = 1, 5
# A score this low needs a word of why.
SCORE_LOW = 2
TOPIC_MOST = 60


@dataclass(frozen=True, slots=True)
class Call:
    """One department called by one whistle. `ended_at`: taken back, or the whistle confirmed, before it came."""

    whistle: int
    whistler: int
    department: int
    called_at: datetime
    due_at: datetime | None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one organisation's row says. Every count is the number of `whistles` with that outcome; minutes from the call."""

    organisation: int
    called: int
    in_time: int
    late: int
    missed: int
    waiting: int
    concluded: int
    solved: int
    mean_rating: float | None
    ratings: int
    median_minutes: float | None

    @property
    def in_time_share(self) -> float | None:
        """Of the calls whose outcome is known, those that were followed in time; None when there are none yet."""
        known = self.in_time + self.late + self.missed
        return self.in_time / known if known else None


def outcome(call: Call, at: datetime) -> Outcome:
    """How a call ended, or how it stands at a moment. The due moment itself is still in time.

    released: taken back before its time ran out; it counts for nobody. Taken back afterwards it stays missed.
    """
    if call.arrived_at is not None:
        return "in_time" if call.due_at is None or call.arrived_at <= call.due_at else "late"
    last = call.ended_at or at
    if call.due_at is not None and last > call.due_at:
        return "missed"
    return "released" if call.ended_at is not None else "waiting"


def owed(state: State) -> set[tuple[int, int]]:
    """(by, of) of every rating a confirmed whistle calls for: the whistler rates whoever was called, whoever came the whistler.

    Both sides are assessed: 《北京市接诉即办工作条例》第十六条、第三十三条.
    """
    holder = state.holder or 0
    called = [o for o in state.offers if o.role == "whistled" and o.status != "withdrawn"]
    came = [o for o in called if o.status in ("accepted", "done")]
    return {(holder, o.organisation) for o in called} | {(o.organisation, holder) for o in came}


def all_finished(state: State) -> bool:
    """Whether every department that is still called has finished its part, and at least one has."""
    still = [o.status for o in state.offers if o.role == "whistled" and o.status != "withdrawn"]
    return bool(still) and all(status == "done" for status in still)


def problem_of_score(score: int, note: str) -> tuple[str, str]:
    """(field, why) of what is wrong with a mark; ("", "") when it is good."""
    if not SCORE_LEAST <= score <= SCORE_MOST:
        return "score", f"请打 {SCORE_LEAST} 到 {SCORE_MOST} 分。"
    if score <= SCORE_LOW and not note.strip():
        return "note", "打这么低的分，请写一句为什么。"
    return "", ""
