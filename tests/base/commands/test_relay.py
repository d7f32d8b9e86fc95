"""The relay: each event to each wire once, again after a fault with growing pauses, and to a person after ten."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from linli.base.actor import Actor, system
from linli.base.clockwork import frozen, now
from linli.base.commands import COMMANDS, announce, command, outbox, submission
from linli.base.commands.models import AuditRow, IdempotencyKey, OutboxRow
from linli.base.scope import enter
from tests.cast import MONDAY

SYSTEM = system("test")


@pytest.fixture(autouse=True)
def _own_wires(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wires and commands of a test are gone after it."""
    monkeypatch.setattr(outbox, "_wires", {})
    known = set(COMMANDS)
    yield
    for name in set(COMMANDS) - known:
        del COMMANDS[name]


def born(event: str = "lamp.broken", count: int = 1) -> None:
    @command(f"test.announce{len(COMMANDS)}", right="test")
    def speak(actor: Actor) -> None:
        for number in range(count):
            announce(event, {"lamp": number})

    speak(SYSTEM)


def test_each_event_reaches_each_wire_once_and_in_order(everything: None) -> None:
    got: list[tuple[str, int]] = []
    outbox.connect("lamp.broken", "one", lambda actor, payload: got.append(("one", payload["lamp"])))
    outbox.connect("lamp.broken", "two", lambda actor, payload: got.append(("two", payload["lamp"])))
    born(count=2)
    assert outbox.relay() == 2
    assert outbox.relay() == 0
    assert got == [("one", 0), ("two", 0), ("one", 1), ("two", 1)]
    enter(SYSTEM)
    assert OutboxRow.objects.filter(delivered_at=None).count() == 0


def test_nothing_leaves_a_command_that_fails(everything: None) -> None:
    @command("test.fails", right="test")
    def fails(actor: Actor) -> None:
        announce("lamp.broken", {})
        raise ValueError("after the announcement")

    with pytest.raises(ValueError, match="after"):
        fails(SYSTEM)
    assert OutboxRow.objects.filter(event="lamp.broken").count() == 0
    with pytest.raises(RuntimeError, match="outside a command"):
        announce("lamp.broken", {})


def test_a_wire_that_commits_and_then_fails_to_be_noted_does_nothing_twice(everything: None) -> None:
    """The command of a wire carries a key of its own: when the event comes again, the first answer stands."""

    @command("test.mend", right="test")
    def mend(actor: Actor, *, lamp: int) -> int:
        return lamp

    outbox.connect("lamp.broken", "mend", lambda actor, payload: mend(actor, lamp=payload["lamp"]))
    born()
    assert outbox.relay() == 1
    enter(SYSTEM)
    OutboxRow.objects.filter(event="lamp.broken").update(delivered_at=None)
    assert outbox.relay() == 1
    enter(SYSTEM)
    assert AuditRow.objects.filter(command="test.mend").count() == 1


def test_a_failing_wire_is_tried_again_with_growing_pauses_and_given_to_a_person(everything: None) -> None:
    tries: list[Any] = []

    def fail(actor: Actor, payload: dict[str, Any]) -> None:
        tries.append(now())
        raise OSError("the other side does not answer")

    outbox.connect("lamp.broken", "fail", fail)
    moment = MONDAY
    with frozen(moment):
        born()
        assert outbox.relay() == 0
        assert outbox.relay() == 0, "not before its pause is over"
    pauses = []
    for _round in range(30):
        enter(SYSTEM)
        row = OutboxRow.objects.get(event="lamp.broken")
        if row.attempts >= outbox.GIVE_UP_AFTER:
            break
        pauses.append(row.next_at - tries[-1])
        with frozen(row.next_at):
            outbox.relay()
    assert len(tries) == outbox.GIVE_UP_AFTER
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=2)
    assert "OSError: the other side" in row.error
    with frozen(moment + timedelta(days=400)):
        assert outbox.relay() == 0, "after ten attempts it waits for a person"


def test_one_failing_event_holds_up_nobody(everything: None) -> None:
    got: list[int] = []

    def choosy(actor: Actor, payload: dict[str, Any]) -> None:
        if payload["lamp"] == 0:
            raise OSError("this one")
        got.append(payload["lamp"])

    outbox.connect("lamp.broken", "choosy", choosy)
    born(count=3)
    assert outbox.relay() == 2
    assert got == [1, 2]


def test_old_things_are_swept_and_what_waits_is_not(everything: None) -> None:
    with frozen(MONDAY):
        born(count=2)
        outbox.relay()
        born("lamp.waits")
        for principal in ("form", "sheet:letters"):
            with submission("key", principal):
                born("lamp.waits")
    with frozen(MONDAY + timedelta(days=91)):
        COMMANDS["commands.sweep"].run(SYSTEM)
    enter(SYSTEM)
    assert set(OutboxRow.objects.values_list("event", flat=True)) == {"lamp.waits"}
    kept = set(IdempotencyKey.objects.values_list("principal", flat=True))
    assert kept == {"sheet:letters"}, "a sheet brought again after a year doubles nothing"


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_the_worker_delivers_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.base.scope import scope

    arrived, stop = Event(), Event()
    outbox.connect("lamp.broken", "thread", lambda actor, payload: arrived.set())
    with scope(SYSTEM):
        born()
    thread = Thread(target=outbox.keep_relaying, args=(stop, 0.05))
    thread.start()
    try:
        assert arrived.wait(10)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
