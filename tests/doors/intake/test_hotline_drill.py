"""The drill at a small size: repeated, reordered, late and forged messages over real HTTP end as the clean sequence does."""

import os
import threading
from pathlib import Path
from typing import Any

from linli.doors.cli.run import free_port
from tests.drills.exchanging import POINTS, play
from tests.drills.hotline import Letterbox, Receiver, disturbed, genuine, orders, signed
from tests.embedded import HOME, PREFIX, Server, with_database

MESSAGES = 300
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_drill_disturbs_what_it_says_it_disturbs() -> None:
    before, _after = orders(40, 7, POINTS)
    noisy = disturbed(before, 400, 7)
    assert len(noisy) == 400
    assert {one.id for one in before} <= {one.id for one in noisy if one.wanted == (200, 202)}, "nothing is left out"
    forged = [one for one in noisy if one.wanted == (401,)]
    assert len(forged) == 60 and len({(bool(one.headers), one.late_by, one.signer, one.code) for one in forged}) >= 5
    places: dict[str, list[str]] = {}
    for one in noisy:
        if one.wanted != (401,):
            places.setdefault(one.order, []).append(one.id)
    assert sum(ids != sorted(ids) for ids in places.values()) > 10, "out of order"
    assert sum(len(ids) != len(set(ids)) for ids in places.values()) > 10, "repeated"


def test_the_fake_hotline_believes_by_the_specification() -> None:
    body, stamp = b'{"test": 2432232314}', 1614265330
    given = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", body, stamp)
    assert given["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert not genuine([SECRET], given, body), "years old"


def test_threads_of_the_receiver_end(tmp_path: Path) -> None:
    before = threading.active_count()
    with Receiver({"in": Letterbox((SECRET,))}) as receiver:
        assert receiver.server_port > 0
    assert threading.active_count() <= before + 1


def test_three_hundred_disturbed_messages_end_as_the_clean_ones(django_db_setup: Any) -> None:
    assert isinstance(django_db_setup, Server)
    name = f"{PREFIX}{os.getpid()}_hotline"
    django_db_setup.clone(name, django_db_setup.template())
    try:
        played = play(with_database(django_db_setup.web, name), HOME, MESSAGES, 7, free_port(18400), patience=90)
        played.check()
    finally:
        django_db_setup.drop(name)
    assert played.told["sent_noisy"] >= MESSAGES - 5
    # What the city decides went out over the wire, and its decisions came in, both ways.
    asked = {"order.extension_requested", "order.exemption_requested", "order.hung_up", "order.answered"}
    assert asked <= set(played.told["letters_by_type"])
    acts = set(played.found["clean"]["acts"])
    assert {"supervise", "hang_up", "ask_extension", "ask_exemption"} <= acts, acts
    assert acts & {"grant_exemption", "refuse_exemption"} and acts & {"grant_extension", "refuse_extension"}, acts
    assert played.found["rejected"]["forged"] > 10 and played.found["rejected"]["stale"] > 2
