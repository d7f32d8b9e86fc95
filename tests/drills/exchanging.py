"""Linli's side of the hotline drill: a database with the cast and two exchanges, a real server and worker, the digest.

What touches the database runs in processes of its own (`python -m tests.drills.exchanging prepare|handle|digest`), so that the
drill can be played from anywhere: from the command line at full size, from the suite at a small one.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.drills.hotline import Letterbox, Receiver, Saying, Sender, disturbed, orders, treatment

NOISY, CLEAN = "noisy", "clean"
POINTS = ((116.275, 39.855), (116.285, 39.855), (116.295, 39.875))
# What the clock does by itself, such as pressing for a case that has waited long, depends on when a message came, not on what it
# said; the two exchanges are played at different times.
CLOCK = "regular work"
# Facts of an entry that are moments, which differ however alike two cases are.
MOMENTS = ("due", "latest", "today", "pause_until")
# Numbers of entries, which the clock's own entries move on.
PLACES = ("asked",)


# -- in a process with the database --------------------------------------------------------------------------------


def prepare(address: str) -> dict[str, dict[str, str]]:
    """The cast, and two exchanges switched on. Returns their secrets."""
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.doors.channels.hotline import commands
    from tests import cast as casting
    from tests.doors.hotlines import city_decides

    with scope(system("drill")):
        cast = casting.make()
        city_decides("extension", "exemption")
        found: dict[str, dict[str, str]] = {}
        for code in (NOISY, CLEAN):
            exchange = commands.set_up(
                cast.sysadmin, code=code, name="演习热线", organisation=cast.organisations["desk"].pk,
                region_code=casting.STREET, address=f"{address}/{code}", per_minute=60_000,
            )  # fmt: skip
            found[code] = {way: commands.add_secret(cast.sysadmin, exchange, direction=way) for way in ("in", "out")}
            commands.switch(cast.sysadmin, exchange, on=True)
    return found


def handle() -> dict[str, int]:
    """Every third order is accepted here and answered, hung up, or something is asked of the city, in both exchanges alike."""
    from linli.base.actor import system
    from linli.base.clockwork import now
    from linli.base.scope import scope
    from linli.matters.cases import commands as cases
    from linli.matters.cases.commands.standing import PLACE
    from linli.matters.cases.models import Case
    from linli.people.accounts.models import Post
    from linli.people.accounts.queries import actor_of
    from linli.people.organisations.models import Organisation

    actor = system("drill")
    with scope(actor):
        rows = list(Case.objects.filter(channel="hotline").order_by("foreign_number", "foreign_source"))
        office = Organisation.objects.get(kind="sub_district_office").pk
        desk = actor_of(Post.objects.select_related("account", "organisation").get(role="dispatcher"))
        chosen = [row for row in rows if treatment(row.foreign_number)]
        steps = dict(Case.objects.values_list("pk", "proceeding__step"))
    until = now().astimezone(PLACE).date() + timedelta(days=40)
    done: Counter[str] = Counter()
    for row in chosen:
        with scope(actor):
            if steps[row.pk] == "filed":
                cases.dispatch(actor, row.pk, to=office)
            if steps[row.pk] not in ("filed", "dispatched"):
                continue
            cases.accept(actor, row.pk)
            treated = treatment(row.foreign_number)
            if treated == 2:
                cases.ask_extension(actor, row.pk, amount=2, note="配件要从外地调，到货就装。")
                done["more time asked"] += 1
            elif treated == 4:
                cases.hang_up(
                    actor, row.pk, reason="funds", promise="列入明年计划", until=until, note="资金明年才能到位。"
                )
                done["hung up"] += 1
            else:
                cases.answer(actor, row.pk, note="已办好，请市民放心。")
                done["answered"] += 1
        if steps[row.pk] in ("filed", "dispatched") and treatment(row.foreign_number) == 3:
            with scope(desk):
                cases.ask_exemption(desk, row.pk, reason="proceedings", note="已进入诉讼。", materials="受理通知书")
                done["exemption asked"] += 1
    return dict(done)


def digest() -> dict[str, Any]:
    """Both exchanges: a hash of what every case has come to, and counts that must be the same or zero."""
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.doors.channels.hotline.models import Letter, Order
    from linli.doors.intake.hotline.models import Message, Rejection
    from linli.matters.cases.models import Case
    from linli.procedures import queries
    from linli.procedures.models import Entry

    found: dict[str, Any] = {}
    with scope(system("drill")):
        for code in (NOISY, CLEAN):
            lines, entries, broken = [], 0, 0
            acts: Counter[str] = Counter()
            for case in (
                Case.objects.filter(foreign_source=code).select_related("proceeding").order_by("foreign_number")
            ):
                record = list(Entry.objects.filter(proceeding_id=case.pk).order_by("seq"))
                said = [one for one in record if not (one.actor_kind == "system" and one.actor_name == CLOCK)]
                entries += len(said)
                acts.update(one.act for one in said)
                broken += (
                    bool(queries.broken_links(case.proceeding))
                    or _folded(case.proceeding, record) != case.proceeding.step
                )
                lines.append(
                    json.dumps(
                        [case.foreign_number, _facts(case), *map(_entry, said)], ensure_ascii=False, sort_keys=True
                    )
                )
            states = Message.objects.filter(exchange__code=code).order_by("order_number", "seq")
            found[code] = {
                "digest": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
                "messages_digest": hashlib.sha256(
                    "\n".join(f"{o}/{s} {t}" for o, s, t in states.values_list("order_number", "seq", "state")).encode()
                ).hexdigest(),
                "cases": len(lines),
                "entries": entries,
                "acts": dict(sorted(acts.items())),
                "broken": broken,
                "messages": states.count(),
                "waiting": states.filter(state="waiting").count(),
                "refused": states.filter(state="refused").count(),
                "repeats": sum(states.values_list("repeats", flat=True)),
                "orders": Order.objects.filter(exchange__code=code).count(),
                "letters": Letter.objects.filter(exchange__code=code).count(),
                "unsent": Letter.objects.filter(exchange__code=code).exclude(state="sent").count(),
            }
        found["rejected"] = dict(Rejection.objects.order_by("cause").values_list("cause", "times"))
    return found


def _folded(row: Any, record: list[Any]) -> str:
    from linli.procedures import rules
    from linli.procedures.definitions import definition

    facts = [rules.Fact(one.seq, one.act, one.at, one.given) for one in record]
    return rules.fold(definition(row.procedure_id), facts).step


def _facts(case: Any) -> list[Any]:
    row = case.proceeding
    return [
        case.text, case.kind, case.category, case.suggested, case.channel, case.place_text, case.longitude, case.latitude,
        str(case.reporter_name), str(case.reporter_phone), str(case.filed_on), case.resolved, case.satisfaction, case.reachable,
        case.exempted, row.step, row.round, row.result, row.region_code, row.holder_id, row.lead_id, row.desk_id,
        row.title, row.service_class, row.closed_at is not None,
    ]  # fmt: skip


def _entry(one: Any) -> list[Any]:
    given = {name: value for name, value in one.given.items() if name not in (*MOMENTS, *PLACES)}
    return [one.act, one.from_step, one.to_step, one.round, one.note, one.public, one.organisation_id, given]


def waiting() -> int:
    """Letters that have not gone out, and events that no wire has heard yet."""
    from linli.base.actor import system
    from linli.base.commands.models import OutboxRow
    from linli.base.scope import scope
    from linli.doors.channels.hotline.models import Letter

    with scope(system("drill")):
        return Letter.objects.filter(state="waiting").count() + OutboxRow.objects.filter(delivered_at=None).count()


# -- the drill -----------------------------------------------------------------------------------------------------


@dataclass
class Played:
    """What a drill found. `told`: figures to print."""

    found: dict[str, Any]
    noisy: Sender
    clean: Sender
    boxes: dict[str, Letterbox]
    told: dict[str, Any]

    def check(self) -> None:
        """Raises AssertionError where anything is not as it must be."""
        noisy, clean = self.found[NOISY], self.found[CLEAN]
        assert self.noisy.tally.wrong == [], self.noisy.tally.wrong[:5]
        assert self.clean.tally.wrong == [], self.clean.tally.wrong[:5]
        assert clean["cases"] > 0 and clean["cases"] == clean["orders"]
        assert noisy["digest"] == clean["digest"], (noisy, clean)
        assert noisy["messages_digest"] == clean["messages_digest"]
        same = ("cases", "entries", "acts", "messages", "refused", "orders", "letters")
        assert [noisy[name] for name in same] == [clean[name] for name in same]
        assert noisy["waiting"] == clean["waiting"] == noisy["unsent"] == clean["unsent"] == 0
        assert noisy["broken"] == clean["broken"] == 0
        assert noisy["repeats"] > 0 and clean["repeats"] == 0
        assert self.boxes[NOISY].orders == self.boxes[CLEAN].orders, "the hotline was told the same of both"
        assert all(box.disorder == box.bad == 0 for box in self.boxes.values())
        assert self.boxes[NOISY].repeated > 0 and self.boxes[CLEAN].repeated == 0


def play(
    url: str, home: Path, messages: int, seed: int, port: int, patience: float = 900.0, different: int = 0
) -> Played:
    """The drill on the database of `url`, which has the tables and nothing in them, with a site on `port`."""
    from linli.doors.cli._children import Child
    from linli.doors.cli.serve import server_words

    environment = {**os.environ, "DATABASE_URL": url, "LINLI_HOME": str(home), "LINLI_ALLOWED_NETWORKS": "127.0.0.0/8"}
    boxes = {NOISY: Letterbox((), unreliable=True), CLEAN: Letterbox(())}
    log = open(home / "hotline-drill.log", "w")  # noqa: SIM115  closed at the end
    with Receiver(boxes) as receiver:
        secrets = _apart(environment, "prepare", f"http://127.0.0.1:{receiver.server_port}")
        for code, box in boxes.items():
            box.secrets = (secrets[code]["out"],)
        site = Child("site", server_words("127.0.0.1", port, workers=2, threads=3))
        worker = Child("worker", [sys.executable, "-m", "linli", "work"])
        try:
            for child in (site, worker):
                child.start(stdout=log, stderr=subprocess.STDOUT, env=environment)
            _up(port)
            noisy, clean = (Sender("127.0.0.1", port, code, secrets[code]["in"]) for code in (NOISY, CLEAN))
            before, after = orders(different or max(8, messages // 10), seed, POINTS)
            whole = len(before) + len(after)
            sent = [disturbed(part, round(messages * len(part) / whole), seed) for part in (before, after)]
            seconds = {"clean": clean.in_sequence(before), "noisy": noisy.as_it_comes(sent[0])}
            handled = _apart(environment, "handle")
            seconds["clean"] += clean.in_sequence(after)
            seconds["noisy"] += noisy.as_it_comes(sent[1])
            begun = time.monotonic()
            while _apart(environment, "waiting") and time.monotonic() - begun < patience:
                time.sleep(2)
            found = _apart(environment, "digest")
        finally:
            for child in (site, worker):
                child.stop(seconds=10)
            log.close()
    told = {
        "sent_noisy": sum(map(len, sent)),
        "sent_clean": whole,
        "forged_or_stale": sum(one.wanted == (401,) for part in sent for one in part),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "per_second": {
            "noisy": round(sum(map(len, sent)) / seconds["noisy"], 1), "clean": round(whole / seconds["clean"], 1),
        },
        "milliseconds_noisy": _spread(noisy.tally.seconds),
        "statuses_noisy": dict(noisy.tally.statuses),
        "tried_again": noisy.tally.tried_again + clean.tally.tried_again,
        "handled_here": handled,
        "letters_repeated": boxes[NOISY].repeated,
        "letters_by_type": dict(sorted(Counter(kind for held in boxes[CLEAN].orders.values() for _seq, kind, _note in held).items())),
        "letters_after_seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip
    return Played(found, noisy, clean, boxes, told)


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"p{share}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1)
        for share in (50, 95, 99)
    }


def _apart(environment: dict[str, str], *words: str) -> Any:
    result = subprocess.run(
        [sys.executable, "-m", "tests.drills.exchanging", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"{words[0]}: {result.stderr[-3000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def _up(port: int, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def at_home(messages: int, seed: int, different: int = 0) -> None:
    """The drill in a home of its own (LINLI_HOME, default var/drill-hotline), which must be empty. Prints what it found."""
    home = Path(os.environ.setdefault("LINLI_HOME", "var/drill-hotline")).resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["LINLI_HOME"] = str(home)
    from linli.base.ground import database
    from linli.doors.cli.run import free_port

    subprocess.run([sys.executable, "-m", "linli", "migrate", "--verbosity", "0"], check=True)
    with database() as found:
        played = play(found.web, home, messages, seed, free_port(18300), different=different)
    print(json.dumps({**played.told, **played.found}, ensure_ascii=False, indent=1))
    played.check()
    print("the same state, and the same told to the hotline")


def main(words: list[str]) -> None:
    from linli.base.ground import ground

    with ground():
        print(
            json.dumps(
                {"prepare": prepare, "handle": handle, "digest": digest, "waiting": waiting}[words[0]](*words[1:])
            )
        )  # type: ignore[operator]


__all__ = ["Played", "Saying", "at_home", "play"]

if __name__ == "__main__":
    main(sys.argv[1:])
