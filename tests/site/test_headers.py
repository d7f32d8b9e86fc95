"""Every answer carries its guards: content policy, no sniffing, no frames, no referrer, no shared cache; every form
its token."""

import os
import subprocess
import sys
from typing import Any

from django.test import Client

from linli.base.ground import ROOT
from tests.house.routes import routes
from tests.house.test_neighbour import undone
from tests.house.world import FORM, NEXT_DOOR, World, address, form, world

__all__ = ["world"]

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'",
    "frame-ancestors 'none'", "form-action 'self'",
}  # fmt: skip


def missing(answer: Any, known: bool) -> list[str]:
    """What an answer lacks. known: somebody is signed in, so that not even the browser may keep it."""
    found = []
    given = {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}
    # A file that somebody uploaded is served under a stricter policy of its own.
    if POLICY - given and "sandbox" not in given:
        found.append(f"content policy {sorted(POLICY - given)}")
    if answer.get("X-Content-Type-Options") != "nosniff":
        found.append("nosniff")
    if answer.get("X-Frame-Options") != "DENY":
        found.append("frames")
    if answer.get("Referrer-Policy") != "same-origin":
        found.append("referrer")
    cache = answer.get("Cache-Control", "")
    if not (("no-store" in cache) if known else ("no-store" in cache or "private" in cache or "public" in cache)):
        found.append(f"cache {cache!r}")
    if "public" in cache and known and "Cookie" in answer.get("Vary", ""):
        found.append("a page of somebody kept for everybody")
    return found


# Public facts, the same for everybody, which browsers may keep.
PUBLIC_FACTS = ("regions:map_json", "api:openapi")


def test_every_answer_carries_its_guards(world: World) -> None:
    wrong = []
    client = world.clients[NEXT_DOOR]
    for route in routes():
        path = address(route, world.values)
        with undone():
            answer = client.get(path)
            lacks = missing(answer, known=route.name not in PUBLIC_FACTS and not route.name.startswith("addresses:"))
            if lacks:
                wrong.append((path, answer.status_code, lacks))
    assert wrong == []


def test_errors_carry_them_too(world: World) -> None:
    bare = Client()
    for path, status in (("/nowhere/", 404), ("/desk/", 302), ("/sign-out/", 405), ("/search/?q=%00", 400)):
        answer = bare.get(path)
        assert answer.status_code == status
        assert missing(answer, known=False) == [], path


def test_every_unsafe_request_needs_its_token(world: World) -> None:
    """CSRF: whoever is signed in is refused everywhere without the token of the form."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["linli"] = world.clients[NEXT_DOOR].cookies["linli"].value
    wrong = []
    values = form(world)
    for route in routes():
        path = address(route, world.values)
        with undone():
            answer = client.post(path, values, FORM)
            # 405: the route takes no POST; 404: a number or a right that is not there is looked at first by none.
            # 401: no form leads there and no cookie opens it; it asks for the signature of the message.
            signed = route.name == "hotline_inbox:receive" and answer.status_code == 401
            if answer.status_code not in (403, 405) and not signed:
                wrong.append((path, answer.status_code))
    assert wrong == []


def test_cookies_are_out_of_reach(world: World) -> None:
    answer = Client().get("/sign-in/")
    assert answer.cookies["csrf"]["samesite"] == "Lax"
    session = world.clients[NEXT_DOOR]
    answer = session.post("/post/", {"post": session.session["post"]})
    assert answer.cookies["linli"]["httponly"]
    assert answer.cookies["linli"]["samesite"] == "Lax"


def test_behind_tls_cookies_are_bound_to_the_host_and_transport_is_strict() -> None:
    words = (
        "from linli import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS >= 31536000, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    )
    environment = {**os.environ, "LINLI_HTTPS": "1"}
    result = subprocess.run(
        [sys.executable, "-c", words], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["__Host-linli", "__Host-csrf", "True", "True", "True", "True"]
