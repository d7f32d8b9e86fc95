"""An exchange for tests, and the hotline's side of it by the Django client."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.channels.hotline import commands
from linli.doors.channels.hotline.models import Exchange
from linli.procedures.models import Entry
from tests.cast import POINT_HERE, STREET, Cast

CODE = "city"
ADDRESS = "https://hotline.example/in"
TEXT = "楼道里的灯坏了三天，晚上老人上下楼看不见。"


def signature(secret: str, message_id: str, stamp: int | str, body: bytes) -> str:
    """By the specification and not by our own code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return (
        "v1,"
        + base64.b64encode(hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    )


@dataclass
class Hotline:
    """The other side: what it posts is signed with `secret`."""

    exchange: Exchange
    secret: str
    out: str
    client: Client = field(default_factory=Client)
    numbers: Any = field(default_factory=count)

    def post(self, body: bytes, message_id: str = "", *, code: str = CODE, **headers: str) -> Any:
        """Post these bytes; `headers` change what a good message would carry."""
        message_id = message_id or f"msg_{next(self.numbers)}"
        stamp = int(time.time())
        given = {
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self.secret, message_id, stamp, body),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(f"/intake/hotline/in/{code}/", body, content_type="application/json", headers=given)
        enter(system("test"))
        return answer

    def say(self, type_: str, order: str, seq: int, message_id: str = "", **data: Any) -> Any:
        """A message about an order."""
        body = json.dumps({"type": type_, "data": {"order": order, "seq": seq, **data}}, ensure_ascii=False).encode()
        return self.post(body, message_id)

    def create(self, order: str, seq: int = 1, message_id: str = "", **data: Any) -> Any:
        given = {
            "text": TEXT,
            "longitude": POINT_HERE[0],
            "latitude": POINT_HERE[1],
            "name": "钱来电",
            "phone": "13900000001",
        }
        return self.say("order.created", order, seq, message_id, **{**given, **data})


def hotline(cast: Cast, **given: Any) -> Hotline:
    """An exchange that is switched on, with a secret for each direction."""
    facts = {
        "code": CODE, "name": "某市12345热线", "organisation": cast.organisations["desk"].pk, "region_code": STREET,
        "address": ADDRESS, "per_minute": 5000,
    }  # fmt: skip
    exchange = commands.set_up(cast.sysadmin, **{**facts, **given})
    secrets = [commands.add_secret(cast.sysadmin, exchange, direction=way) for way in ("in", "out")]
    commands.switch(cast.sysadmin, exchange, on=True)
    enter(system("test"))
    return Hotline(exchange, *secrets)


def city_decides(*what: str) -> None:
    """Let the city's hotline decide about these for the orders it sends."""
    from linli.base import policies
    from linli.base.policies import commands as publishing

    enter(system("test"))
    data = {**policies.load("settlement").data, "hotline_decides": list(what)}
    publishing.publish(system("test"), publishing.draft(system("test"), code="settlement", data=data), basis="试")


def exchanged(cast: Cast) -> Hotline:
    """One of everything that pages of the exchange show: messages done, refused and waiting, letters sent and dead, a
    sheet that was handed over and something for the next one."""
    from linli.doors.channels.hotline.models import Letter, Order

    city = hotline(cast)
    city.create("A1")
    city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    city.say("order.supplemented", "A1", 9, note="还有一处")
    paper = commands.set_up(
        cast.sysadmin, code="paper", name="某县热线", organisation=cast.organisations["desk"].pk, region_code=STREET,
        transport="sheet",
    )  # fmt: skip
    commands.switch(cast.sysadmin, paper, on=True)
    enter(system("test"))
    order = Order.objects.get(number="A1")
    file = Entry.objects.filter(proceeding_id=order.case_id).order_by("seq")[0]
    for number, (exchange, state, batch) in enumerate(
        [(city.exchange, "sent", None), (city.exchange, "dead", None), (paper, "sent", 1), (paper, "waiting", None)], 1
    ):
        Letter.objects.create(
            exchange=exchange, order=order, region_code=order.region_code, message_id=f"msg_{number}", type="order.answered",
            seq=number, entry_seq=file.seq if number == 1 else 100 + number, state=state, batch=batch,
            next_at=file.at, created_at=file.at, attempts=10, error="对方答 500", facts={"unit": "某单位"},
        )  # fmt: skip
    Letter.objects.filter(batch=1).update(entry_seq=None, order=None)
    return city
