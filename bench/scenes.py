"""What is measured: pairs of Linli and bare, and the ratio that is wanted (in the words of the table)."""

import itertools
import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bench.client import Request
from bench.ground import Ground

TEXTS = [
    "楼道里的灯坏了三天，晚上老人上下楼看不见。",
    "小区门口的垃圾桶满了没人清，苍蝇很多。",
    "楼上漏水，把我家天花板泡坏了，物业一直不管。",
    "半夜工地还在施工，孩子睡不着。",
]


@dataclass(frozen=True)
class Scene:
    """name; linli and bare give requests; wanted: the ratio of rates to reach; most: statements per request at most."""

    name: str
    linli: Callable[[], Request | None]
    bare: Callable[[], Request | None]
    wanted: float
    most: int | None = None


def scenes(found: Ground) -> list[Scene]:
    key = {"Authorization": f"Bearer {found.desk_key}"}
    page = {"Cookie": f"linli={found.session}"}
    longitude, latitude = found.point
    acts = iter(found.acts)
    numbers = itertools.cycle(found.numbers)
    chance = random.Random(7)

    def body() -> bytes:
        return json.dumps(
            {"text": chance.choice(TEXTS), "longitude": longitude, "latitude": latitude, "phone": "13800138000"}
        ).encode()

    def posted(headers: dict[str, str]) -> dict[str, str]:
        return {**headers, "Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(12)}

    def act() -> Request | None:
        pair = next(acts, None)
        if pair is None:
            return None
        return "POST", f"/api/v1/cases/{pair[0]}/accept", b"{}", posted({"Authorization": f"Bearer {pair[1]}"})

    street = found.street
    return [
        Scene(
            "intake over HTTP",
            lambda: ("POST", "/api/v1/cases", body(), posted(key)),
            lambda: ("POST", "/intake", body(), {}),
            0.25,
            10,
        ),
        Scene(
            "worklist page",
            lambda: ("GET", "/cases/?tab=open", None, page),
            lambda: ("GET", f"/list?street={street}", None, {}),
            0.12,
            6,
        ),
        Scene(
            "worklist API",
            lambda: ("GET", "/api/v1/cases?tab=open", None, key),
            lambda: ("GET", f"/list?street={street}", None, {}),
            0.25,
            4,
        ),
        Scene(
            "case page",
            lambda: ("GET", f"/cases/{next(numbers)}/", None, page),
            lambda: ("GET", f"/case?number={next(numbers)}", None, {}),
            0.06,
            12,
        ),
        Scene(
            "one act (accept)",
            act,
            lambda: ("POST", "/step", json.dumps({"id": chance.randrange(1, 500)}).encode(), {}),
            0.20,
            12,
        ),
        Scene(
            "board of a year",
            lambda: ("GET", "/board/?period=year", None, page),
            lambda: ("GET", f"/rollup?street={street}", None, {}),
            0.5,
            8,
        ),
    ]
