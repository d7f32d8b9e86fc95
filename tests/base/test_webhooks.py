"""Signatures after the Standard Webhooks specification; the first vector is that of its reference libraries."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base import webhooks
from linli.base.webhooks import NotGenuine

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
THEN = datetime.fromtimestamp(STAMP, UTC)
KEY = webhooks.key_of(SECRET)
GIVEN = {"webhook-id": ID, "webhook-timestamp": str(STAMP), "webhook-signature": SIGNED}


def cause(given: dict[str, str], body: bytes = BODY, moment: datetime = THEN, keys: tuple[bytes, ...] = (KEY,)) -> str:
    try:
        webhooks.verify(keys, given, body, moment)
    except NotGenuine as no:
        return no.cause
    return ""


def test_the_vector_of_the_specification_is_signed_and_verified_alike() -> None:
    assert webhooks.headers([KEY], ID, THEN, BODY) == GIVEN
    assert webhooks.verify([KEY], GIVEN, BODY, THEN).id == ID
    assert cause({name.upper(): value for name, value in GIVEN.items()}) == ""


def test_any_secret_in_force_and_any_signature_of_several_is_enough() -> None:
    new = webhooks.key_of(webhooks.new_secret())
    both = webhooks.headers([new, KEY], ID, THEN, BODY)
    assert both["webhook-signature"].count("v1,") == 2
    assert cause(both, keys=(KEY,)) == cause(both, keys=(new,)) == cause(GIVEN, keys=(new, KEY)) == ""
    assert cause({**GIVEN, "webhook-signature": f"v1a,abc {SIGNED}"}) == ""
    assert cause(GIVEN, keys=(new,)) == cause(GIVEN, keys=()) == "forged"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_are_tolerated(seconds: int) -> None:
    assert cause(GIVEN, moment=THEN + timedelta(seconds=seconds)) == ""


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_what_is_older_or_from_the_future_is_stale(seconds: int) -> None:
    assert cause(GIVEN, moment=THEN + timedelta(seconds=seconds)) == "stale"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("webhook-id", "", "missing"),
        ("webhook-signature", "", "missing"),
        ("webhook-timestamp", "", "missing"),
        ("webhook-timestamp", "soon", "malformed"),
        ("webhook-timestamp", "１６１４２６５３３０", "malformed"),
        ("webhook-timestamp", "9" * 40, "malformed"),
        ("webhook-id", "a.b", "malformed"),
        ("webhook-id", "x" * 121, "malformed"),
        ("webhook-id", "msg_other", "forged"),
        ("webhook-timestamp", str(STAMP + 1), "forged"),
        ("webhook-signature", SIGNED.replace("v1,", "v2,"), "forged"),
        ("webhook-signature", SIGNED.replace("g0", "g1"), "forged"),
        ("webhook-signature", "v1,\udcff\udcfe", "forged"),
        ("webhook-signature", "v1,", "forged"),
    ],
)
def test_a_header_that_is_wrong_is_not_believed(name: str, value: str, why: str) -> None:
    assert cause({**GIVEN, name: value}) == why


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_enough(body: bytes, place: int, change: int) -> None:
    signed = webhooks.headers([KEY], ID, THEN, body)
    assert cause(signed, body) == ""
    assert cause(signed, body + b"x") == "forged"
    if body:
        place %= len(body)
        assert cause(signed, body[:place] + bytes([body[place] ^ change]) + body[place + 1 :]) == "forged"


def test_a_secret_is_long_enough_or_none() -> None:
    assert len(webhooks.key_of(webhooks.new_secret())) == 32
    for wrong in ("", "whsec_", "whsec_%%%", "whsec_" + base64.b64encode(b"x" * 23).decode(), "短"):
        with pytest.raises(ValueError, match=r"base64|bytes|ASCII"):
            webhooks.key_of(wrong)


def test_what_is_signed_is_id_time_and_body() -> None:
    wanted = hmac.new(KEY, f"{ID}.{STAMP}.".encode() + BODY, hashlib.sha256).digest()
    assert webhooks.headers([KEY], ID, THEN, BODY)["webhook-signature"] == f"v1,{base64.b64encode(wanted).decode()}"
