"""One proceeding in hand: load it under a lock, perform acts on it, write everything back in one statement.

Used by the commands of every room, inside their transaction:

    handling = Handling.load(proceeding_id, seen=form_version)
    handling.perform(actor, "answer", note=text, public=True)
    handling.flush()
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from linli.base import policies
from linli.base.actor import Actor
from linli.base.calendar.queries import calendar_at, current_calendar
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.prepared import fetchone
from linli.procedures import rules
from linli.procedures.definitions import Act, Definition, definition
from linli.procedures.promising import latest, promised
from linli.procedures.sql import LOAD, PARENT, READ, WAITED_FOR, flush_sql

SUPERVISE = "procedures.supervise"


@dataclass(slots=True)
class Handling:
    id: int
    number: str
    procedure_id: int
    definition: Definition
    region_code: str
    service_class: str
    title: str
    state: rules.State
    head: str = ""
    # As it stands in the database.
    kept: rules.State = field(default_factory=rules.State)
    stored: int = 0
    is_new: bool = False
    parent_id: int | None = None
    parent_waits: bool = False
    entries: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        code: str,
        *,
        region_code: str,
        title: str,
        service_class: str,
        parent_id: int | None = None,
        parent_waits: bool = False,
        at: datetime | None = None,
    ) -> "Handling":
        """A new proceeding of the procedure `code` in force, with its number; nothing is written before `flush`.

        parent_id: the proceeding it is a part of, which must be open; parent_waits: it cannot close before this one.
        """
        policy = policies.load(f"procedure.{code}")
        shape = definition(policy.id)
        if service_class not in shape.classes:
            raise Refused("时限等级不在清单里。", field="service_class")
        if parent_id is not None:
            _check_parent(parent_id)
        row = fetchone("SELECT nextval(pg_get_serial_sequence('procedures_proceeding', 'id'))")
        assert row is not None
        year = current_calendar().local(at or now()).year
        number = f"{shape.prefix}{region_code[:6]:0<6}00-{year}-{row[0]:06d}"
        return cls(
            row[0], number, policy.id, shape, region_code, service_class, title, rules.State(),
            is_new=True, parent_id=parent_id, parent_waits=parent_waits,
        )  # fmt: skip

    @classmethod
    def load(cls, proceeding_id: int, *, seen: int | None = None) -> "Handling":
        """Lock a stored proceeding. `seen` is the number of entries the user had before them; more now is a stale form.

        Raises Refused 404 when it does not exist or is out of this actor's scope, 409 when the form is stale.
        """
        row = fetchone(LOAD, [proceeding_id])
        if row is None:
            raise Refused("没有找到这个办件，或者它不在您的工作范围内。", status=404)
        handling = cls._stored(row)
        if seen is not None and seen != handling.stored:
            raise Refused(
                "这个办件刚刚有了新的办理记录，您看到的不是最新情况。请核对后再提交，已写的内容还在。",
                rule="stale",
                status=409,
            )
        return handling

    @classmethod
    def read(cls, number: str) -> "Handling | None":
        """A stored proceeding for a page, without a lock; None when it does not exist or is out of this actor's scope."""
        row = fetchone(READ, [number])
        return cls._stored(row) if row is not None else None

    @classmethod
    def _stored(cls, row: tuple[Any, ...]) -> "Handling":
        facts, clocks, offers = (json.loads(part) if isinstance(part, str) else part for part in row)
        state = _state(facts, clocks or [], offers or [])
        return cls(
            facts["id"], facts["number"], facts["procedure_id"], definition(facts["procedure_id"]), facts["region_code"],
            facts["service_class"], facts["title"], state, facts["head"], state, facts["entry_count"],
            parent_id=facts["parent_id"], parent_waits=facts["parent_waits"],
        )  # fmt: skip

    def perform(
        self,
        actor: Actor,
        code: str,
        *,
        note: str = "",
        public: bool = False,
        files: Sequence[int] = (),
        at: datetime | None = None,
        **given: Any,
    ) -> int:
        """Perform one act and return its sequence number. Raises Refused when the procedure does not allow it."""
        act = self.definition.acts.get(code)
        if act is None:
            raise Refused("这个流程没有这项操作。", rule=self.definition.code)
        moment = (at or now()).astimezone(UTC)
        self._check_who(actor, act)
        given = {key: value for key, value in given.items() if value not in (None, "")}
        # Time that was asked for before it ran out may be given afterwards: `asked` is the entry that asked for it.
        if (clock := act.extend or act.ask_time) and "asked" not in given:
            given["due"] = self._due_of(clock)
            given |= latest(self.definition, given["due"])
        if act.in_time:
            given["due"] = min(filter(None, (self._due_of(code) for code in act.pause)), default="")
        given |= promised(self.definition, act, given, moment)
        if act.start:
            given |= self._limits(act)
        asked = {**given, "note": note, "files": list(files)}
        try:
            rules.check(self.definition, self.state, act, asked, moment)
        except rules.NotAllowed as no:
            raise Refused(
                no.message, field=no.field, rule=f"{self.definition.code}.{code}", status=422 if no.field else 409
            ) from no
        if act.to and self.definition.steps[act.to].final:
            self._check_children()
        before = self.state
        self.state = rules.apply(self.definition, before, rules.Fact(before.seq + 1, code, moment, given))
        self._record(actor, act, before.step, note, public, files, moment, given)
        return self.state.seq

    def involves(self, actor: Actor, *who: str) -> bool:
        """Whether the actor stands in one of these relations to the proceeding."""
        if actor.kind == "system" or "anyone" in who:
            return True
        mine = actor.organisation_id
        related = {
            "holder": mine is not None and mine == self.state.holder,
            "desk": mine is not None and (mine == self.state.desk or self._supervised_by(actor)),
            "lead": mine is not None and mine == self.state.lead,
            "support": any(
                o.role == "support" and o.organisation == mine and o.status in rules.OPEN_ASSIGNMENTS
                for o in self.state.offers
            ),
            "party": any(
                o.role == "party" and o.organisation == mine and o.status in rules.OPEN_ASSIGNMENTS
                for o in self.state.offers
            ),
            "whistled": mine is not None and rules.whistled(self.state, mine) is not None,
            "reporter": actor.kind == "resident" and self.id in actor.proceedings,
        }
        return any(related[name] for name in who)

    def _supervised_by(self, actor: Actor) -> bool:
        """Whoever supervises does so in the region of the post, whatever else their organisation has a hand in."""
        return actor.may(SUPERVISE) and any(prefix and self.region_code.startswith(prefix) for prefix in actor.regions)

    def _check_who(self, actor: Actor, act: Act) -> None:
        if not self.involves(actor, *act.who):
            raise Refused(
                f"这个办件现在不由您的单位办理，不能{act.name}。", rule=f"{self.definition.code}.{act.code}", status=403
            )

    def open_children(self) -> int:
        """How many children it still waits for, also those of other regions, which this actor cannot see."""
        row = fetchone(WAITED_FOR, [self.id, self.id])
        return int(row[0]) if row else 0

    def _check_children(self) -> None:
        """A parent waits for every child it needs, also for those of other regions, which this actor cannot see."""
        count, seen = fetchone(WAITED_FOR, [self.id, self.id]) or (0, None)
        if count:
            named = f"（{'、'.join(seen)}）" if seen else ""
            raise Refused(f"还有 {count} 件分出去的办件没有办结{named}，要等它们办完。", rule="children", status=409)

    def _limits(self, act: Act) -> dict[str, Any]:
        limits = {code: list(self.definition.clocks[code].limits[self.service_class]) for code in act.start}
        return {"limits": limits, "calendar": current_calendar().version, "policy": self.procedure_label}

    @property
    def procedure_label(self) -> str:
        return policies.version(self.procedure_id).label

    def _due_of(self, code: str) -> str:
        clock = next((c for c in self.state.clocks if c.code == code and c.ticking), None)
        due = clock and rules.explain(clock, calendar_at(clock.calendar)).due
        return due.isoformat() if due else ""

    def _record(
        self,
        actor: Actor,
        act: Act,
        came_from: str,
        note: str,
        public: bool,
        files: Sequence[int],
        at: datetime,
        given: dict[str, Any],
    ) -> None:
        entry: dict[str, Any] = {
            "proceeding_id": self.id,
            "seq": self.state.seq,
            "act": act.code,
            "from_step": came_from,
            "to_step": self.state.step,
            "round": self.state.round,
            "at": at.isoformat(),
            "actor_kind": actor.kind,
            "actor_name": "诉求人" if actor.kind in ("resident", "anonymous") else actor.name[:80],
            "account_id": actor.account_id,
            "post_id": actor.post_id,
            "organisation_id": actor.organisation_id,
            "note": note,
            "public": public,
            "given": given,
            "files": list(files),
        }
        self.head = rules.seal(self.head, entry)
        self.entries.append({**entry, "hash": self.head})

    def dues(self) -> list[tuple[str, datetime]]:
        """(clock, due time) of every clock that ticks and has one."""
        return [(c.code, due) for c in self.state.clocks if c.ticking and (due := _due(c)) is not None]

    @property
    def due(self) -> tuple[datetime | None, str]:
        """The nearest due time of the clocks that run, and which clock it is.

        A paused clock has none, unless it had run out before: a pause hides no delay that came before it.
        """
        return min(((due, code) for code, due in self.dues()), default=(None, ""))

    def flush(self) -> int:
        """Write what was performed: entries, state, clocks and offers in one statement. Returns the proceeding's id."""
        if not self.entries:
            return self.id
        due_at, due_clock = self.due
        state = self.state
        facts = {
            "id": self.id,
            "number": self.number,
            "procedure_id": self.procedure_id,
            "kind": self.definition.code,
            "title": self.title[:120],
            "service_class": self.service_class,
            "region_code": self.region_code,
            "step": state.step,
            "round": state.round,
            "desk_id": state.desk,
            "holder_id": state.holder or state.desk,
            "lead_id": state.lead,
            "post_id": state.post,
            "involved": list(state.involved),
            "parent_id": self.parent_id,
            "parent_waits": self.parent_waits,
            "opened_at": state.opened_at and state.opened_at.isoformat(),
            "closed_at": state.closed_at and state.closed_at.isoformat(),
            "result": state.result,
            "due_at": due_at and due_at.isoformat(),
            "due_clock": due_clock,
            "paused": self.definition.steps[state.step].paused,
            "entry_count": state.seq,
            "head": self.head,
        }
        # What stands in the database as it is here needs no writing.
        clocks = [_clock_row(self.id, c) for c in state.clocks if c not in self.kept.clocks]
        offers = [_offer_row(self.id, o) for o in state.offers if o not in self.kept.offers]
        given: dict[str, Any] = {"facts": json.dumps([facts]), "entries": json.dumps(self.entries, ensure_ascii=False)}
        if clocks:
            given["clocks"] = json.dumps(clocks)
        if offers:
            given["offers"] = json.dumps(offers)
        written = fetchone(
            flush_sql(self.is_new, bool(clocks), bool(offers)),
            given if self.is_new else {**given, "stored": self.stored},
        )
        if written != (1,):
            raise Refused("这个办件刚刚被别人办理过，请打开最新的一页再办。", rule="stale", status=409)
        self.is_new, self.stored, self.entries, self.kept = False, state.seq, [], state
        return self.id


def _check_parent(parent_id: int) -> None:
    """A closed proceeding takes no more children; the lock keeps it from closing while one is being opened."""
    row = fetchone(PARENT, [parent_id])
    if row is None:
        raise Refused("没有找到上级办件，或者它不在您的工作范围内。", rule="parent", status=404)
    if row[0] is not None:
        raise Refused("上级办件已经办结，不能再分出新的办件。", rule="parent", status=409)


def _due(clock: rules.TimeLimit) -> datetime | None:
    return rules.explain(clock, calendar_at(clock.calendar)).due


def _clock_row(proceeding_id: int, clock: rules.TimeLimit) -> dict[str, Any]:
    due = _due(clock)
    return {
        "proceeding_id": proceeding_id,
        "seq": clock.seq,
        "code": clock.code,
        "round": clock.round,
        "started_at": clock.started_at.isoformat(),
        "amount": clock.amount,
        "unit": clock.unit,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "pauses": [[start.isoformat(), end and end.isoformat()] for start, end in clock.pauses],
        "extensions": [[amount, unit, at.isoformat()] for amount, unit, at in clock.extensions],
        "due_at": due and due.isoformat(),
        "met_at": clock.met_at and clock.met_at.isoformat(),
        "stopped_at": clock.stopped_at and clock.stopped_at.isoformat(),
    }


def _offer_row(proceeding_id: int, offer: rules.Offer) -> dict[str, Any]:
    return {
        "proceeding_id": proceeding_id,
        "seq": offer.seq,
        "organisation_id": offer.organisation,
        "role": offer.role,
        "status": offer.status,
        "round": offer.round,
        "offered_at": offer.offered_at.isoformat(),
        "answered_at": offer.answered_at and offer.answered_at.isoformat(),
        "final": offer.final,
    }


def _state(facts: dict[str, Any], clocks: list[dict[str, Any]], offers: list[dict[str, Any]]) -> rules.State:
    """The stored caches as the value the rules work on."""
    return rules.State(
        step=facts["step"],
        round=facts["round"],
        seq=facts["entry_count"],
        desk=facts["desk_id"],
        holder=facts["holder_id"],
        post=facts["post_id"],
        lead=facts["lead_id"],
        opened_at=_time(facts["opened_at"]),
        closed_at=_time(facts["closed_at"]),
        result=facts["result"],
        clocks=tuple(time_limit(row) for row in clocks),
        offers=tuple(
            rules.Offer(
                o["seq"], o["organisation_id"], o["role"], o["status"], o["round"],
                datetime.fromisoformat(o["offered_at"]), _time(o["answered_at"]), final=o["final"],
            )
            for o in offers
        ),
    )  # fmt: skip


def time_limit(row: dict[str, Any]) -> rules.TimeLimit:
    """A stored clock as the value the rules work on; `row` is plain JSON."""
    return rules.TimeLimit(
        row["code"], row["round"], row["seq"], datetime.fromisoformat(row["started_at"]), row["amount"], row["unit"],
        row["calendar"], row["policy"],
        tuple((datetime.fromisoformat(start), _time(end)) for start, end in row["pauses"]),
        tuple((amount, unit, datetime.fromisoformat(at)) for amount, unit, at in row["extensions"]),
        _time(row["met_at"]), _time(row["stopped_at"]),
    )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
