"""Slots that a lower page leaves open for what higher rooms know of the same thing. The doors fill them
(doors/wiring.py).

panels.of("organisation", request.actor, organisation.pk)      # in the view; the template gives each to ui.slot()
"""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from linli.base.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A fragment for a slot, or for several (names with spaces between, `{slot}` in the URL's name stands for each).

    `url_name` takes the key of the thing the page is about; `right`: who is shown it.
    """

    slot: str
    title: Any
    url_name: str
    right: str = ""


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    """Fill a slot; the same page again replaces what was there."""
    for slot in panel.slot.split():
        one = replace(panel, slot=slot, url_name=panel.url_name.format(slot=slot))
        _panels[slot, one.url_name] = one


def of(slot: str, actor: Actor, key: int | str) -> list[tuple[str, str]]:
    """(title, address of the fragment) of everything this actor may see in a slot."""
    chosen = [panel for panel in _panels.values() if panel.slot == slot and (not panel.right or actor.may(panel.right))]
    return [(str(panel.title), reverse(panel.url_name, args=[key])) for panel in chosen]
