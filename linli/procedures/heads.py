"""One line that stands for everything recorded up to a moment: kept outside, it shows later whether anything was changed.

The chains of single records (chains.py) show a change by whoever did not recompute them. Whoever can write as the
superuser of the database could recompute them all; a head that lies with a notary, in a letter or on another machine
cannot be recomputed. The line holds numbers and digests only, nothing personal.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from linli.base.cluster import OperatorError
from linli.base.commands.models import AuditRow, ReadRow
from linli.procedures.models import Entry

MARK = "linli-chain/1"
PORTION = 5000
PATIENCE = 60.0  # seconds for acts that are under way
_PART = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9a-f]{64})")


class BadHead(OperatorError):
    """A line that is no head, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Part:
    """The first `count` rows of a table, the last of which has the id `last`, in one digest."""

    count: int
    last: int
    digest: str


@dataclass(frozen=True, slots=True)
class Head:
    at: datetime
    parts: dict[str, Part]


def _entries(last: int) -> Iterator[str]:
    """Entries are sealed one by one: their seals stand for what is in them."""
    rows = Entry.objects.filter(pk__lte=last).order_by("pk").values_list("pk", "hash")
    return (f"{key}:{seal}" for key, seal in rows.iterator(PORTION))


def _rows(model: Any, names: tuple[str, ...]) -> Callable[[int], Iterator[str]]:
    def lines(last: int) -> Iterator[str]:
        rows = model.objects.filter(pk__lte=last).order_by("pk").values_list("pk", *names)
        return (
            json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
            for row in rows.iterator(PORTION)
        )

    return lines


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


_WHO = ("account_id", "post_id", "organisation_id")
# What a head covers: name -> (words, model, its rows up to an id as lines). Columns are named one by one, so that a new
# column does not make an old head wrong.
COVERED: dict[str, tuple[str, Any, Callable[[int], Iterator[str]]]] = {
    "entries": ("办理记录", Entry, _entries),
    "audit": (
        "审计记录",
        AuditRow,
        _rows(AuditRow, ("at", "command", "actor_kind", *_WHO, "target_kind", "target_id", "detail")),
    ),
    "reads": (
        "查看记录",
        ReadRow,
        _rows(ReadRow, ("at", *_WHO, "role", "subject_kind", "subject_id", "fields", "purpose", "note")),
    ),
}


def take(moment: datetime, patience: float = PATIENCE) -> Head:
    """The head of what is recorded now. Needs the system's scope. Raises BadHead when acts under way do not end."""
    last = _settled(patience)
    return Head(moment, {name: _part(lines(last[name]), last[name]) for name, (_w, _m, lines) in COVERED.items()})


def _settled(patience: float) -> dict[str, int]:
    """The last id of each table, once everything that had begun before has been written or given up.

    A row gets its id before its transaction ends: without waiting, one with a smaller id could still appear.
    """
    last = {
        name: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for name, (_w, model, _l) in COVERED.items()
    }
    begun, until = _under_way(), time.monotonic() + patience
    while begun & _under_way():
        if time.monotonic() > until:
            raise BadHead(f"有一件正在写入的事 {patience:.0f} 秒还没有结束，请稍后再试。")
        time.sleep(0.1)
    return last


def _under_way() -> set[str]:
    """Transactions that have written something and have not ended; our own and those of other databases are not among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Each holds its own number locked; a snapshot would leave out the newest of them.
            "SELECT held.transactionid::text FROM pg_locks held LEFT JOIN pg_stat_activity run USING (pid)"
            " WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'"
            " AND held.pid IS DISTINCT FROM pg_backend_pid()"
            " AND (run.datid IS NULL OR run.datid = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return {str(row[0]) for row in cursor.fetchall()}


def _part(lines: Iterable[str], last: int) -> Part:
    total, count = hashlib.sha256(), 0
    for line in lines:
        total.update(line.encode() + b"\n")
        count += 1
    return Part(count, last, total.hexdigest())


def write(head: Head) -> str:
    """The head as one line, with a mark that only this instance can make."""
    parts = " ".join(f"{name}={part.count}:{part.last}:{part.digest}" for name, part in head.parts.items())
    text = f"{MARK} at={head.at.astimezone(UTC).isoformat(timespec='seconds')} {parts}"
    return f"{text} mac={_mac(text)}"


def read(line: str) -> Head:
    """A line as it was written. Raises BadHead."""
    text, _space, mac = line.strip().rpartition(" mac=")
    mark, *words = text.split(" ")
    if mark != MARK:
        raise BadHead(f"这不是链头：应以 {MARK} 开头。")
    if not hmac.compare_digest(mac, _mac(text)):
        raise BadHead("这一行被改过，或者不是这个实例写的。")
    found = dict(word.partition("=")[::2] for word in words)
    parts = {}
    for name in COVERED:
        match = _PART.fullmatch(found.get(name, ""))
        if match:
            parts[name] = Part(int(match[1]), int(match[2]), match[3])
    return Head(datetime.fromisoformat(found["at"]), parts)


def compare(head: Head) -> dict[str, str]:
    """For each part, in words, how what is recorded now differs from the head; "" where it is the same."""
    found = {}
    for name, then in head.parts.items():
        words, _model, lines = COVERED[name]
        now = _part(lines(then.last), then.last)
        if now.count != then.count:
            found[name] = f"{words}：当时 {then.count} 条，现在是 {now.count} 条"
        else:
            found[name] = "" if now.digest == then.digest else f"{words}：有内容与当时不同"
    return found


def _mac(text: str) -> str:
    key = hashlib.sha256(b"linli.chain:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
