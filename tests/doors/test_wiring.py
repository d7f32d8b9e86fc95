"""The wiring table: every line leads somewhere, and stays short."""

import re

from django.urls import reverse

from linli.base.commands import COMMANDS
from linli.base.ground import ROOT
from linli.doors import wiring
from linli.doors.web import tasks
from tests.cast import Cast


def announced() -> set[str]:
    """Every event that some command announces."""
    found: set[str] = set()
    for path in (ROOT / "linli").rglob("*.py"):
        found |= set(re.findall(r'announce\(\s*"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    return found


def test_every_wire_joins_an_event_that_is_announced_to_a_command_that_exists() -> None:
    events = announced()
    assert len(events) > 5
    assert [event for wire in wiring.WIRES for event in wire.events if event not in events] == []
    assert [wire.command for wire in wiring.WIRES if wire.command not in COMMANDS] == []
    assert [wire for wire in wiring.WIRES if not wire.why] == []


def test_every_panel_has_its_page() -> None:
    for panel in wiring.PANELS:
        for slot in panel.slot.split():
            assert reverse(panel.url_name.format(slot=slot), args=[1]), panel


def test_the_table_is_short_enough_to_be_understood() -> None:
    assert len(wiring.WIRES) <= 10
    assert len(wiring.PANELS) <= 10


def test_all_regular_work_can_be_done(cast: Cast) -> None:
    for name in wiring.REGULAR:
        assert name in COMMANDS, name
        tasks.perform(name)


def test_regular_work_is_a_job_of_the_queue() -> None:
    from procrastinate.contrib.django import app

    assert {f"regular.{name}" for name in wiring.REGULAR} <= set(app.tasks)
