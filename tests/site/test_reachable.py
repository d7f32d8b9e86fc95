"""Every page is reached by clicking from somebody's first page, and no link that is shown leads nowhere."""

import re
from collections import Counter, defaultdict
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.whistles import commands as blow
from linli.together.meetings import commands as meetings
from linli.together.taskforces import commands as forces
from tests.cast import Cast
from tests.doors.hotlines import exchanged
from tests.house.routes import routes
from tests.insight.hotspots import stories as hotspots
from tests.insight.openness import stories as openness
from tests.insight.scores.stories import everything_once
from tests.matters.cases.stories import answered, closed, dispatched, filed, handling
from tests.matters.prevention import stories as prevention
from tests.matters.whistles import stories as whistles
from tests.people import stories as people
from tests.people.residents import stories as residents
from tests.places import stories as places

LINK = re.compile(r'(?:href|action|src|data-src|data-url|data-href|hx-get|hx-post|formaction|data-[a-z-]*)="(/[^"]*)"')
POSTED = re.compile(r'(?:action|hx-post)="(/[^"]*)"')
# Addresses that people do not click to in this walk, by route or by room, and why.
NOT_CLICKED = {
    "api": "the API is for programs; its description is linked",
    "addresses:search_json": "asked by scripts of forms",
    "addresses:near_json": "asked by scripts of forms",
    "addresses:buildings_json": "asked by scripts of forms",
    "regions:locate_json": "asked by scripts of maps",
    "maps:item": "asked by scripts of maps",
    "regions:import_preview": "follows an upload",
    "regions:import_map": "follows an upload",
    "regions:import_problems": "follows an upload",
    "sheet": "follows an upload",
    "registers": "follows an upload",
    "hotline_inbox:receive": "the hotline's program posts there",
    "files": "shown where a file is",
    "cases:taken": "follows a form",
    "portal:find_building": "follows a choice",
    "portal:find_place": "follows a form",
    "portal:who_building": "follows a search or a code on a wall; journeys/test_places.py goes there",
    "portal:who_compound": "follows a search; tests/doors/portal/test_doors.py goes there",
    "portal:pick_place": "follows a form",
    "portal:remind": "while somebody handles the case",
    "portal:example": "once the reporter has called the case solved; journeys/test_consent.py goes there",
    "portal:code": "printed on a building; tests/doors/portal/test_labels.py follows it",
    "portal:scanned": "where such a code leads whoever works here; tests/doors/portal/test_labels.py follows it",
    "sites:remove_site_photo": "below a photo; tests/places/sites/test_photos.py presses it",
    "sites:remove_thing_photo": "below a photo; tests/places/sites/test_photos.py presses it",
    "sites:remove_construction_photo": "below a photo; tests/places/sites/test_photos.py presses it",
    "portal:link": "comes to the reporter in a message",
    "portal:own_ask": "behind a one-time code; journeys/test_my_information.py goes there",
    "portal:own_code": "follows a form; journeys/test_my_information.py goes there",
    "portal:own_file": "behind a one-time code; tests/doors/portal/test_my_information.py takes it",
    "portal:own_leave": "behind a one-time code; journeys/test_my_information.py presses it",
    "privacy:approve": "once a second person looks at a run; tests/base/privacy/test_retention.py",
    "privacy:cancel": "on a run; journeys/test_my_information.py presses it",
    "privacy:copied": "after a change of keys",
    "privacy:end_authority": "on an authority that holds",
    "privacy:export": "once a list was taken; tests/base/privacy/test_exports.py",
    "privacy:lift_hold": "on a hold that stands; tests/base/privacy/test_holding.py lifts it",
    "privacy:progress": "while the keys change",
    "privacy:request": "once a resident asked; journeys/test_my_information.py",
    "privacy:run": "follows a button; journeys/test_my_information.py",
    "ui:options": "invented choices of the gallery",
    "hotspots:progress": "while a search runs",
    "web:demo_sign_in": "only in a demo",
    "web:sign_in_code": "on the way in",
    "web:sign_in_password": "on the way in",
    "web:sign_in_enrol": "on the way in",
    "web:sign_in_post": "on the way in",
    "web:switch_post": "with more than one post",
    "web:renew_recovery_codes": "with a second factor",
    "web:retry_event": "while an event is stuck",
    "accounts:activate": "on a closed account",
    "accounts:approve": "while a proposal waits",
    "accounts:decline": "while a proposal waits",
    "calendar:clear": "on a day decided otherwise",
    "organisations:import_apply": "follows an upload",
    "party:survey": "on a firm's page, in the slot of party organisations; its own test follows it",
    "organisations:end_region": "on an organisation that answers for a region",
    "residents:undo_death": "on somebody whose death was noted",
    "policies:compare": "with more than one version",
    "policies:publish": "on a draft",
    "policies:rehearse": "on a procedure; test_rehearsal follows the link",
}
# Sheets are tested where they are made; opening them here would only be slow.
SHEET = re.compile(r"\.(csv|xlsx)\b")
VISITS = 3  # addresses of one route looked at for each person


def name_of(path: str) -> str:
    return _named(urlsplit(path).path)


@cache
def _named(path: str) -> str:
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return ""


def walk(client: Client, start: list[str], passed: frozenset[str]) -> tuple[set[str], dict[str, int]]:
    """(names of routes that pages lead to, links with a bad answer). What is `passed` is reached and not opened again."""
    visited: set[str] = set()
    times: Counter[str] = Counter()
    led: set[str] = set()
    bad: dict[str, int] = {}
    waiting = list(start)
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        led.add(name)
        if path in visited or times[name] >= VISITS or not name or name in passed or SHEET.search(path):
            continue
        visited.add(path)
        times[name] += 1
        answer = client.get(path)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(path, answer["Location"]))
        elif answer.status_code >= 400 and answer.status_code != 405:
            bad[path] = answer.status_code
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        text = answer.content.decode()
        posted = set(POSTED.findall(text))
        for found in dict.fromkeys(LINK.findall(text)):
            target = unescape(found).split("#")[0]
            if not target.startswith(("/static/", "//")) and name_of(target):
                led.add(name_of(target))
                # What a form posts to is reached; it is not opened.
                if found not in posted:
                    waiting.append(target)
    return led, bad


def stories(cast: Cast) -> int:
    """Cases at every step, so that every act is offered to somebody."""
    everything_once(cast)
    people.everything_once(cast)
    filed(cast)
    dispatched(cast)
    handling(cast)
    closed(cast)
    whistles.called(cast)
    arrived = whistles.arrived(cast, departments=("city",)).pk
    blow.split(cast.secretary, arrived, to=cast.organisations["city"].pk, topic="拆插线板", note="当天")
    whistles.confirming(cast)
    whistles.closed(cast)
    hard = handling(cast).pk
    commands.mark_difficult(cast.leader, hard, note="产权不清")
    force = forces.found(cast.leader, name="专班", purpose="管线", lead=cast.posts["clerk"].pk)
    forces.carry(cast.leader, force.pk, case=hard)
    meeting = meetings.prepare(cast.leader)
    meetings.decide(
        cast.leader, meeting.pk, case=hard, act="instruct", text="开现场会", owner=cast.organisations["here"].pk
    )
    returned = handling(cast).pk
    commands.return_(cast.secretary, returned, ground="not_our_duty", note="不归我们", materials="派单目录")
    commands.share(cast.secretary, handling(cast).pk, to=cast.organisations["city"].pk, note="换路边的灯杆")
    disputed = dispatched(cast).pk
    commands.dispute(cast.secretary, disputed, ground="not_our_duty", note="不归我们")
    commands.rule(
        cast.dispatcher, disputed, to=cast.organisations["here"].pk, clause="regulation-14", note="由社区牵头"
    )
    hotspots.spot(hotspots.searched())
    openness.told(cast)
    openness.example(closed(cast).pk)
    prevention.planned(cast)
    prevention.reported(cast)
    places.furnished(cast)
    residents.everything_once(cast)
    return answered(cast).pk


def test_every_page_is_reached_by_clicking_and_no_link_is_dead(cast: Cast, settings: Any) -> None:
    settings.DEMO = False
    own = stories(cast)
    exchanged(cast)
    led: set[str] = set()
    dead: dict[str, dict[str, int]] = defaultdict(dict)
    resident = cast.client()
    session = resident.session
    session["cases"] = session["filed"] = [own]
    session.save()
    resident.cookies["linli"] = session.session_key
    people = {"nobody": (cast.client(), ["/"]), "resident": (resident, ["/"])}
    people |= {who: (cast.client(who), ["/desk/", "/"]) for who in cast.posts}
    # What is open to everybody is the same for everybody: two people open it.
    public = frozenset(route.name for route in routes() if route.rule.startswith("public")) - {"web:home"}
    for who, (client, start) in people.items():
        found, bad = walk(client, start, frozenset() if who in ("nobody", "resident") else public)
        enter(system("test"))
        led |= found
        dead[who] |= bad
    assert {who: bad for who, bad in dead.items() if bad} == {}
    known = {route.name for route in routes()}
    apart = {name for name in known if name in NOT_CLICKED or name.split(":")[0] in NOT_CLICKED}
    missing = sorted(known - led - apart)
    assert missing == [], "\n".join(missing)
