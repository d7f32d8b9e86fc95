"""Whose submission it is: two people without a sign-in never meet each other's keys."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from linli.base.actor import ANONYMOUS, Actor
from linli.people.accounts.middleware import _submitted

STAFF = Actor(kind="person", account_id=7, post_id=9)


def asked(actor: Actor = ANONYMOUS, *, session: str = "", address: str = "10.0.0.1", **given: Any) -> HttpRequest:
    headers = {"HTTP_IDEMPOTENCY_KEY": given["key"]} if "key" in given else {}
    request = RequestFactory().post("/", {"_nonce": given.get("nonce", "")}, REMOTE_ADDR=address, **headers)
    request.session = SessionStore(session or None)
    request.actor = actor  # type: ignore[attr-defined]
    return request


def test_without_a_key_there_is_no_submission() -> None:
    assert _submitted(asked())[0] == ""


def test_a_key_of_ones_own_choice_belongs_to_ones_session_or_address() -> None:
    mine = _submitted(asked(key="1", session="a" * 32))
    assert mine == _submitted(asked(key="1", session="a" * 32, address="10.0.0.2"))
    assert mine != _submitted(asked(key="1", session="b" * 32))
    assert _submitted(asked(key="1")) == _submitted(asked(key="1"))
    assert _submitted(asked(key="1")) != _submitted(asked(key="1", address="10.0.0.2"))


def test_a_form_is_known_by_its_nonce_also_when_its_sender_became_a_resident() -> None:
    resident = Actor(kind="resident", proceedings=(3,))
    assert _submitted(asked(nonce="n" * 22)) == _submitted(asked(resident, nonce="n" * 22, session="c" * 32))
    assert _submitted(asked(STAFF, nonce="n" * 22)) == ("n" * 22, STAFF.principal)


def test_long_keys_stay_different() -> None:
    first, second = _submitted(asked(STAFF, key="k" * 120 + "1")), _submitted(asked(STAFF, key="k" * 120 + "2"))
    assert first != second
    assert max(len(first[0]), len(first[1])) <= 100


def test_keys_that_no_column_can_hold_are_kept_as_something_that_it_can() -> None:
    first, second = _submitted(asked(STAFF, nonce="\x00")), _submitted(asked(STAFF, nonce="\x00\x00"))
    assert first != second
    assert first[0].isalnum()
