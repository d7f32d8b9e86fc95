"""Somebody types anything anywhere: every page and every form answers in words, never with a failure of ours."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from lxml import html

from tests.cast import Cast
from tests.house.test_neighbour import undone
from tests.site.test_reachable import name_of, stories

# In this order: a route is tried by the first of them whose pages lead to it.
WHO = ("secretary", "dispatcher", "party_clerk", "leader", "sysadmin", "policy_editor", "auditor", "clerk")
ODD = (
    "\x00", "'\"><b>x", "9" * 23, "-1", "0", "1e309", "２０２６－０１－０１", "2026-13-45", "9999-12-31", "0001-01-01", "a" * 4000,
    "%s%n{0}", "../../etc/passwd", "\u202e\u200b", "😀" * 40, "null", "[1]", '{"a":1}', " ", "一二三", "=1+1", "true", "NaN", "٣",
)  # fmt: skip
# In an address it is refused before any page sees it.
IN_ADDRESSES = ODD[1:]
# What lists take beside the fields of their filters.
COMMON = (
    "page",
    "sort",
    "after",
    "before",
    "q",
    "day",
    "on",
    "as_of",
    "place",
    "since",
    "until",
    "tab",
    "state",
    "format",
)
TRIES = 2
# Signs the person out, which would end the walk.
LEFT_OUT = frozenset({"web:sign_out", "web:end_sessions"})


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it goes, how, and what its fields hold."""

    page: str
    target: str
    post: bool
    fields: dict[str, str]


def forms(page: str, content: bytes) -> Iterator[Form]:
    for form in html.fromstring(content).xpath("//form"):
        target = urljoin(page, form.get("action") or form.get("hx-post") or page)
        post = (form.get("method") or "").lower() == "post" or form.get("hx-post") is not None
        fields = {
            field.get("name"): field.get("value") or next(iter(field.xpath(".//option/@value")), "")
            for field in form.xpath(".//input[not(@type='file')]|.//select|.//textarea")
            if field.get("name")
        }
        yield Form(page, target, post, fields)


def opened(client: Client, known: set[str]) -> Iterator[tuple[str, bytes]]:
    """(address, content) of the first page of each route that clicking leads to and that nobody has opened yet."""
    waiting, mine = ["/desk/"], set[str]()
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        if not name or name in mine:
            continue
        mine.add(name)
        answer = client.get(path)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(path, answer["Location"]))
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        if answer.content.strip():
            links = html.fromstring(answer.content).xpath("//a/@href")
            waiting += [
                link.split("#")[0] for link in links if link.startswith("/") and not link.startswith("/static/")
            ]
        if name not in known:
            known.add(name)
            yield path, answer.content


def spoiled(fields: dict[str, str], chance: random.Random, odd: tuple[str, ...]) -> dict[str, str]:
    return {name: chance.choice(odd) if chance.random() < 0.6 else value for name, value in fields.items()}


def test_no_page_and_no_form_fails_whatever_is_typed(cast: Cast, settings: Any) -> None:
    settings.DEMO = False
    stories(cast)
    chance, known, posted, wrong = random.Random(20261122), set[str](), set[str](), []
    for who in WHO:
        client = cast.client(who)
        client.raise_request_exception = False
        for path, content in opened(client, known):
            asked = [spoiled(dict.fromkeys(COMMON, ""), chance, IN_ADDRESSES) for _again in range(TRIES)]
            sent: list[tuple[str, str, dict[str, str]]] = [("get", urlsplit(path).path, one) for one in asked]
            for form in forms(path, content):
                route = name_of(form.target)
                if not form.post:
                    sent += [
                        ("get", urlsplit(form.target).path, spoiled(form.fields, chance, IN_ADDRESSES))
                        for _again in range(TRIES)
                    ]
                elif route and route not in posted | LEFT_OUT:
                    posted.add(route)
                    sent += [("post", form.target, spoiled(form.fields, chance, ODD)) for _again in range(TRIES)]
            for how, target, values in sent:
                with undone():
                    answer = getattr(client, how)(target, values)
                if answer.status_code >= 500:
                    wrong.append((who, how, target, values))
    assert len(known) > 100
    assert len(posted) > 60
    assert wrong == []
