"""A hotline of our own making: speaks the protocol of docs/operate/hotline.md over real HTTP, with no line of Linli's code.

    python -m tests.drills.hotline serve --port 9345 --secret whsec_…            only receives, and shows what it holds
    python -m tests.drills.hotline drill --messages 20000                        the whole drill, in a home of its own

The drill sends the same orders twice: in clean sequence to one exchange, and to another one repeated, out of order, late and
mixed with forgeries, while its own receiver fails and forgets to answer. Both must end in the same state. See
tests/drills/exchanging.py for Linli's side of it.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

REFUSED = b'{"status": "refused"}'
TEXTS = (
    "楼道里的灯坏了三天，晚上老人上下楼看不见。", "小区门口垃圾清运不及时，味道很大。", "楼上空调滴水，滴到一楼雨棚上吵得睡不着。",
    "地下车库有人占用消防通道停车。", "自来水发黄，已经两天了。", "想问老年证在哪里办。", "健身器材松动，孩子玩有危险。",
)  # fmt: skip
SUPPLEMENTS = ("西门那边也是一样。", "市民再次来电，希望尽快。", "晚上七点以后在家。", "已拍照片。")


def treatment(order: str) -> int:
    """What is done with an order on the other side between the two halves of the drill, by its number alone: nothing (0), answered (1),
    more time asked for (2), answered and an exemption asked for (3), hung up (4)."""
    found = int(hashlib.sha256(order.encode()).hexdigest()[:6], 16)
    return 0 if found % 3 else 1 + found // 3 % 4


# -- the signature -------------------------------------------------------------------------------------------------


def signed(secret: str, message_id: str, body: bytes, stamp: int) -> dict[str, str]:
    """The three headers, by the specification."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, b"%s.%d.%s" % (message_id.encode(), stamp, body), hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def genuine(secrets: Iterable[str], headers: dict[str, str], body: bytes) -> bool:
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - time.time()) > 300:
        return False
    claimed = set(headers.get("webhook-signature", "").split())
    wanted = {signed(one, headers.get("webhook-id", ""), body, int(stamp))["webhook-signature"] for one in secrets}
    return bool(claimed & wanted)


# -- receiving -----------------------------------------------------------------------------------------------------


@dataclass
class Letterbox:
    """What one exchange has received: by order, in its sequence, each message once."""

    secrets: Sequence[str]
    unreliable: bool = False
    gone: bool = False
    seen: set[str] = field(default_factory=set)
    attempts: Counter[str] = field(default_factory=Counter)
    orders: dict[str, list[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(list))
    arrived: int = 0
    pings: int = 0
    repeated: int = 0
    bad: int = 0
    disorder: int = 0


class Receiver(ThreadingHTTPServer):
    """The hotline's own address. `boxes`: one for each exchange, by the last part of the path."""

    daemon_threads = True

    def __init__(self, boxes: dict[str, Letterbox], port: int = 0):
        super().__init__(("127.0.0.1", port), _Desk)
        self.boxes, self.lock = boxes, threading.Lock()

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()


class _Desk(BaseHTTPRequestHandler):
    server: Receiver

    def do_GET(self) -> None:
        held = {
            name: {"orders": box.orders, "repeated": box.repeated, "pings": box.pings}
            for name, box in self.server.boxes.items()
        }
        self._say(200, json.dumps(held, ensure_ascii=False, indent=1).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        box = self.server.boxes.get(self.path.strip("/").split("/")[-1])
        if box is None or not genuine(box.secrets, headers, body):
            if box is not None:
                box.bad += 1
            self._say(401, REFUSED)
            return
        if box.gone:
            self._say(410, b"moved away")
            return
        name = headers["webhook-id"]
        with self.server.lock:
            box.attempts[name] += 1
            first = box.attempts[name] == 1 and box.unreliable
            box.arrived += first
            if first and box.arrived % 5 == 2:
                self._say(500, b"not today")
                return
            self._keep(box, name, json.loads(body))
        if first and box.arrived % 5 == 3:  # kept, and the answer is lost: it will come again
            self.close_connection = True
            return
        self._say(204, b"")

    def _keep(self, box: Letterbox, name: str, message: dict[str, object]) -> None:
        if name in box.seen:
            box.repeated += 1
            return
        box.seen.add(name)
        data = message["data"]
        assert isinstance(data, dict)
        if message["type"] == "exchange.ping":
            box.pings += 1
            return
        held = box.orders[data["order"]]
        if data["previous"] != (held[-1][0] if held else 0) or data["seq"] <= data["previous"]:
            box.disorder += 1
        held.append((data["seq"], str(message["type"]), data["note"]))

    def _say(self, status: int, text: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: object) -> None:
        pass


# -- what is said --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saying:
    """One message as it should be sent. wanted: the statuses that are right for it."""

    id: str
    order: str
    body: bytes
    wanted: tuple[int, ...] = (200, 202)
    headers: tuple[tuple[str, str], ...] = ()
    late_by: int = 0
    signer: str = ""
    code: str = ""


def orders(number: int, seed: int, points: Sequence[tuple[float, float]]) -> tuple[list[Saying], list[Saying]]:
    """The clean sequence of so many orders, before and after they are handled here."""
    chance = random.Random(seed)
    before, after = [], []
    for one in range(number):
        order = f"HT-{seed:03d}-{one:06d}"
        lon, lat = chance.choice(points)
        given = {
            "text": chance.choice(TEXTS), "kind": chance.choice(["help", "complaint", "report", "advice"]), "name": "钱来电",
            "phone": f"139{chance.randrange(10**8):08d}", "at": f"2026-03-0{chance.randint(1, 9)}T0{chance.randint(0, 9)}:15:00+08:00",
        }  # fmt: skip
        treated = treatment(order)
        if treated in (2, 4):
            del given["at"]  # more time, and a promise instead, are only had before the time has run out
        if chance.random() < 0.8:
            given |= {"longitude": lon, "latitude": lat}  # type: ignore[dict-item]
        else:
            given |= {"place": "东门外"}
        parts: list[tuple[str, dict[str, object]]] = [("order.created", dict(given))]
        for _more in range(chance.choice([0, 1, 1, 2, 3])):
            kind = chance.choice(["order.supplemented", "order.supplemented", "order.reminded", "order.supervised"])
            parts.append((kind, {"note": chance.choice(SUPPLEMENTS)}))
        later: list[tuple[str, dict[str, object]]] = []
        granted = chance.random() < 0.6
        if treated == 2:
            more: dict[str, object] = {"amount": 1} if chance.random() < 0.5 else {}
            later.append(("order.extension_decided", {"granted": granted, "note": "" if granted else "不再延", **more}))
        elif treated == 3:
            later.append(("order.exemption_decided", {"granted": granted, "note": "依据考核办法"}))
        elif chance.random() < 0.05:  # decided about what nobody has asked
            later.append(("order.exemption_decided", {"granted": granted}))
        ending = chance.random()
        if ending < 0.3:
            later.append(("order.called_back", {"reached": False, "note": "无人接听"}))
        if ending < 0.5:
            happy = chance.random() < 0.7
            said = {
                "resolved": happy,
                "satisfaction": "satisfied" if happy else "dissatisfied",
                "note": "" if happy else "又坏了",
            }
            later.append(("order.called_back", {"reached": True, **said}))
        elif ending < 0.65:
            later.append(("order.withdrawn", {"note": "市民说不用办了"}))
        elif ending < 0.8:
            later.append((chance.choice(["order.reminded", "order.supervised"]), {"note": "再催一次"}))
        for seq, (kind, data) in enumerate([*parts, *later], 1):
            body = json.dumps({"type": kind, "data": {"order": order, "seq": seq, **data}}, ensure_ascii=False).encode()
            saying = Saying(f"msg_{order}_{seq}", order, body)
            (before if seq <= len(parts) else after).append(saying)
    return before, after


def disturbed(clean: Sequence[Saying], size: int, seed: int) -> list[Saying]:
    """`size` messages made of the clean ones: repeated, out of order, some very late, forgeries among them."""
    chance = random.Random(seed)
    placed: list[tuple[float, Saying]] = []
    forgeries = int(size * 0.15)
    extra = max(0, size - len(clean) - forgeries)
    for place, one in enumerate(clean):
        held_back = len(clean) * 2.0 if chance.random() < 0.05 else 0.0
        placed.append((place + chance.gauss(0, 40) + held_back, one))
    for _one in range(extra):
        place = chance.randrange(len(clean))
        one = clean[place]
        where = place + chance.gauss(0, 400)
        if chance.random() < 0.1:  # known by its place in the order, whatever it is called
            one = Saying(f"{one.id}_again{chance.randrange(10**6)}", one.order, one.body)
        placed.append((where, one))
    for number in range(forgeries):
        place = chance.randrange(len(clean))
        placed.append((place + chance.gauss(0, 400), _forged(clean[place], number, chance)))
    return [one for _where, one in sorted(placed, key=lambda pair: pair[0])]


def _forged(one: Saying, number: int, chance: random.Random) -> Saying:
    fresh = f"msg_forged_{number}"
    other = one.body.replace("。".encode(), "！".encode()).replace(b"true", b"false")
    zero = "whsec_" + base64.b64encode(bytes(32)).decode()
    kinds = (
        Saying(fresh, one.order, other, (401,), signer=zero),
        Saying(one.id, one.order, other + b" ", (401,), headers=(("webhook-signature", "v1," + "A" * 43 + "="),)),
        Saying(fresh, one.order, one.body, (401,), headers=(("webhook-signature", ""),)),
        Saying(one.id, one.order, one.body, (401,), late_by=301),  # a replay of what was once good
        Saying(one.id, one.order, one.body, (401,), late_by=-1000),
        Saying(fresh, one.order, other, (401,), headers=(("webhook-id", one.id),)),  # signed as another message
        Saying(fresh, one.order, one.body, (401,), code="nobody"),
        Saying(fresh, one.order, b" " * (256 * 1024 + 1), (401,)),
    )
    # The big one is dear for both sides: seldom.
    return kinds[7] if chance.random() < 0.01 else chance.choice(kinds[:7])


# -- sending -------------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of sending: how many by status, what was not as it should be, how long each took (seconds)."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    tried_again: int = 0


class Sender:
    """Posts to one exchange of a site, over connections that stay open. A fault of the site or of the line: again."""

    def __init__(self, host: str, port: int, code: str, secret: str):
        self.host, self.port, self.code, self.secret = host, port, code, secret
        self.tally, self.lock = Tally(), threading.Lock()
        self.own = threading.local()
        self.lines: list[http.client.HTTPConnection] = []

    def send(self, one: Saying) -> None:
        for attempt in count():
            begun = time.monotonic()
            try:
                status, text = self._post(one)
            except (OSError, http.client.HTTPException):
                self.own.line.close()
                self.own.line = None
                status, text = 0, b""
            if 0 < status < 500:
                break
            with self.lock:
                self.tally.tried_again += 1
            if attempt > 20:
                break
            time.sleep(0.05 * attempt)
        with self.lock:
            self.tally.statuses[status] += 1
            self.tally.seconds.append(time.monotonic() - begun)
            if status not in one.wanted or (status == 401 and text != REFUSED):
                self.tally.wrong.append(f"{one.id}: {status} {text[:120]!r}")

    def _post(self, one: Saying) -> tuple[int, bytes]:
        line = getattr(self.own, "line", None)
        if line is None:
            line = self.own.line = http.client.HTTPConnection(self.host, self.port, timeout=60)
            self.lines.append(line)
        headers = signed(one.signer or self.secret, one.id, one.body, int(time.time()) - one.late_by)
        headers |= {"Content-Type": "application/json", **dict(one.headers)}
        line.request("POST", f"/intake/hotline/in/{one.code or self.code}/", one.body, headers)
        answer = line.getresponse()
        return answer.status, answer.read()

    def in_sequence(self, sayings: Sequence[Saying], threads: int = 6) -> float:
        """Each order in its sequence; several orders at a time. Returns the seconds it took."""
        grouped: dict[str, list[Saying]] = defaultdict(list)
        for one in sayings:
            grouped[one.order].append(one)
        return self._run([lambda many=many: [self.send(one) for one in many] for many in grouped.values()], threads)

    def as_it_comes(self, sayings: Sequence[Saying], threads: int = 8) -> float:
        """All of it, from several threads, in no order that anybody keeps."""
        return self._run([lambda one=one: self.send(one) for one in sayings], threads)

    def _run(self, calls: Sequence[object], threads: int) -> float:
        begun = time.monotonic()
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(call) for call in calls]:  # type: ignore[arg-type]
                done.result()
        for line in self.lines:
            line.close()
        return time.monotonic() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="what", required=True)
    serving = parts.add_parser("serve")
    serving.add_argument("--port", type=int, default=9345)
    serving.add_argument("--secret", action="append", default=[])
    drilling = parts.add_parser("drill")
    drilling.add_argument("--messages", type=int, default=20_000)
    drilling.add_argument("--orders", type=int, default=0, help="different orders; default a tenth of the messages")
    drilling.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if given.what == "serve":
        with Receiver({"in": Letterbox(given.secret)}, given.port) as receiver:
            print(f"http://127.0.0.1:{receiver.server_port}/in")
            threading.Event().wait()
    from tests.drills.exchanging import at_home

    at_home(given.messages, given.seed, given.orders)


if __name__ == "__main__":
    main()
