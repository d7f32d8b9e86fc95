"""Every address tried by nobody and by the neighbour: no word of a case of community A leaves, and nothing about it
changes."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from linli.procedures import queries as procedures
from tests.house.routes import Route, routes
from tests.house.world import FORM, NEXT_DOOR, QUERY, World, address, form, world

__all__ = ["world"]

ROUTES = routes()
# The audit of a deployment is one: who did what to which number, and whether its record still holds. Nothing personal.
NUMBERED = ("web:audit", "web:audit_export", "procedures:chains")


@contextmanager
def undone() -> Iterator[None]:
    """What a request changed is taken back, so that the next one meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def body(answer: Any) -> str:
    content = answer.getvalue() if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace")) + str(answer.get("Location", ""))


def may_open(world: World, who: str, route: Route) -> bool:
    """Whether the rule of the route lets this person in; where it does not, the guard answers and the view never runs.

    That the guard does so on every route is the last test of this file. Public pages are tried by three, who stand
    for all.
    """
    rights = world.rights[who]
    if route.right:
        return route.right in rights
    if route.rule.startswith("public"):
        return who in ("nobody", "resident of another case", NEXT_DOOR)
    return who not in ("nobody", "resident of another case")


def addresses(world: World, who: str, route: Route) -> list[str]:
    """The address about the case; where it names an act, one for each act, tried by whoever has every right next
    door."""
    if "act" not in route.parameters or who != NEXT_DOOR:
        return [address(route, world.values)]
    acts = procedures.definition_of(world.case).acts
    return [address(route, {**world.values, "act": act}) for act in acts]


def judge(world: World, tried: str, answer: HttpResponse, sent: Collection[str]) -> list[str]:
    """What is wrong with an answer. sent: canaries that stood in the request itself, so they may come back in a
    form."""
    found = []
    if answer.status_code >= 500:
        found.append(f"{tried}: {answer.status_code}")
    text = body(answer)
    found += [f"{tried}: {answer.status_code} with the {leak}" for leak in world.leaks(text) if leak not in sent]
    if "number" not in sent and world.case.number in text:
        found.append(f"{tried}: {answer.status_code} with the number")
    if answer.get("Content-Type", "").startswith("image/"):
        found.append(f"{tried}: {answer.status_code} with a picture")
    return found


def get_everything(world: World, who: str) -> list[str]:
    """Every address that this person may open, asked for as it is; lists also with filters that would find the case.

    Looking changes nothing (test_lists), so it is taken back once for each person.
    """
    wrong, client = [], world.clients[who]
    with undone():
        for route in ROUTES:
            if not may_open(world, who, route):
                continue
            for path in addresses(world, who, route)[:1]:
                for query in ({}, QUERY) if not route.parameters else ({},):
                    answer = client.get(path, query)
                    sent = [*(["number"] if world.case.number in path else []), *(["phone"] if query else [])]
                    sent += ["number"] if route.name in NUMBERED else []
                    wrong += judge(world, f"{who} GET {path}", answer, sent)
    return wrong


def test_the_words_are_there_for_those_who_may(world: World) -> None:
    """The control: where the case belongs, its page and its list show it. Without this the tests below could not
    fail."""
    for who in ("secretary", "grid_worker"):
        client = world.cast.client(who)
        page = body(client.get(f"/cases/{world.case.number}/"))
        assert {"text", "place", "visit"} <= set(world.leaks(page)), who
        assert world.case.number in body(client.get("/cases/")), who
        assert world.case.number in body(client.get("/search/", {"q": QUERY["q"]})), who
        assert client.get(f"/files/{world.values['file']}/").status_code == 200, who


def test_no_get_shows_anything_to_anybody_elsewhere(world: World) -> None:
    assert len(ROUTES) > 90
    wrong = [line for who in world.clients for line in get_everything(world, who)]
    assert wrong == []


def test_no_post_shows_or_changes_anything_for_anybody_elsewhere(world: World) -> None:
    wrong = []
    values, before = form(world), world.state()
    for who, client in world.clients.items():
        for route in ROUTES:
            if not may_open(world, who, route):
                continue
            for path in addresses(world, who, route):
                with undone():
                    answer = client.post(path, values, FORM)
                    wrong += judge(world, f"{who} POST {path}", answer, ("phone", "number"))
                    if answer.status_code < 400 and world.state() != before:
                        wrong.append(f"{who} POST {path}: {answer.status_code} changed the case")
    assert wrong == []


def test_a_right_that_is_not_held_opens_nothing(world: World) -> None:
    wrong = []
    for route in ROUTES:
        if route.rule.startswith("public"):
            continue
        path = address(route, world.values)
        for method in ("get", "post"):
            with undone():
                nobody = getattr(world.clients["nobody"], method)(path)
                if nobody.status_code not in (302, 401, 405) or world.leaks(body(nobody)):
                    wrong.append((method, path, "nobody", nobody.status_code))
                if route.right:
                    bare = getattr(world.clients["no right"], method)(path)
                    if bare.status_code not in (404, 405):
                        wrong.append((method, path, "no right", bare.status_code))
    assert wrong == []
