"""One key, one effect: again, with other words, from somebody else, and twice at the same moment."""

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from django.db import connection

from linli.base.actor import Actor, system
from linli.base.commands import COMMANDS, Refused, announce, command, submission
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.scope import enter, scope

SYSTEM = system("test")


@pytest.fixture(autouse=True)
def _own_commands() -> Iterator[None]:
    known = set(COMMANDS)
    yield
    for name in set(COMMANDS) - known:
        del COMMANDS[name]


@command("test.say", right="test")
def say(actor: Actor, *, word: str) -> dict[str, str]:
    announce("test.said", {"word": word})
    return {"said": word}


del COMMANDS["test.say"]


def counted() -> tuple[int, int]:
    enter(SYSTEM)
    return AuditRow.objects.filter(command="test.say").count(), OutboxRow.objects.filter(event="test.said").count()


def test_the_same_key_again_gives_the_first_answer_and_does_nothing(everything: None) -> None:
    for _ in range(3):
        with submission("k", "someone"):
            assert say(SYSTEM, word="灯") == {"said": "灯"}
    assert counted() == (1, 1)


def test_the_same_key_with_other_words_is_refused(everything: None) -> None:
    with submission("k", "someone"):
        say(SYSTEM, word="灯")
    with submission("k", "someone"), pytest.raises(Refused) as no:
        say(SYSTEM, word="水")
    assert (no.value.status, no.value.rule) == (409, "idempotency")
    assert counted() == (1, 1)


def test_another_principal_has_keys_of_its_own(everything: None) -> None:
    for who in ("someone", "somebody else"):
        with submission("k", who):
            say(SYSTEM, word="灯")
    assert counted() == (2, 2)


def test_two_acts_of_one_submission_are_two(everything: None) -> None:
    for _ in range(2):
        with submission("k", "someone"):
            say(SYSTEM, word="灯")
            say(SYSTEM, word="灯")
    assert counted() == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one() -> None:
    start, answers = Barrier(4), list[dict[str, str]]()

    def press() -> None:
        try:
            start.wait(10)
            with scope(SYSTEM), submission("at once", "someone"):
                answers.append(say(SYSTEM, word="灯"))
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [{"said": "灯"}] * 4
    with scope(SYSTEM):
        assert OutboxRow.objects.filter(event="test.said").count() == 1
