"""Filing: one command for the web form, the call taker, the API, imported sheets and hotlines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about, announce, command, detail
from linli.base.crypto import seal_into
from linli.base.files.commands import attach
from linli.base.prepared import add
from linli.base.scope import widen
from linli.base.text import bigrams
from linli.matters.cases import duties, placing, precedents, routing, rules
from linli.matters.cases.commands import things
from linli.matters.cases.models import Case
from linli.matters.cases.queries import category_map, desk_for
from linli.matters.cases.suggesting import suggest
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling

PLACE = ZoneInfo("Asia/Shanghai")


@command("cases.file")
def file(
    actor: Actor,
    *,
    text: str,
    channel: str = "web",
    kind: str = "help",
    category: str = "",
    title: str = "",
    service_class: str = "",
    region_code: str = "",
    compound_id: int | None = None,
    building_id: int | None = None,
    thing_id: int | None = None,
    place_text: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    name: str = "",
    phone: str = "",
    anonymous: bool = False,
    about_id: int | None = None,
    proactive: bool = False,
    files: Sequence[int] = (),
    foreign_source: str = "",
    foreign_number: str = "",
    filed_at: datetime | None = None,
) -> dict[str, Any]:
    """Take in what somebody raised, find its grid, suggest its category, route it, start its clocks.

    longitude, latitude: degrees, WGS84/CGCS2000. thing_id: what is broken, when its code was scanned. filed_at: only for cases that were raised earlier elsewhere; never in
    the future. Returns {"id", "number"}. Raises Refused beside the field that is wrong.
    """
    text = _checked_text(text)
    phone = _checked_phone(phone, anonymous)
    moment = _checked_moment(filed_at)
    if kind not in Case.Kind.values:
        raise Refused("请从清单里选诉求类型。", field="kind")
    if channel not in Case.Channel.values:
        raise Refused("请从清单里选来源渠道。", field="channel")
    if about_id is not None and about_id not in directory().by_id:
        raise Refused("没有找到被反映的单位，请重新选。", field="about_id")
    categories = category_map()
    if category and category not in categories:
        raise Refused("没有这个分类，请从清单里选。", field="category")
    place = placing.place(
        region_code=region_code,
        compound_id=compound_id,
        building_id=building_id,
        longitude=longitude,
        latitude=latitude,
    )
    if thing_id is not None:
        things.check(thing_id)
    guess = suggest(text)
    if not category and guess.sure:
        category = guess.code
    service_class = service_class or rules.service_class_of(categories.get(category))

    desk = desk_for(place.region_code)
    if desk is None:
        raise Refused("这个地点还没有街道的派单台负责，请核对地点。", field="region_code")
    handling = Handling.open(
        "case",
        region_code=place.region_code,
        title=masks.scrub(title or rules.title_of(text)),
        service_class=service_class,
        at=moment,
    )
    handling.perform(actor, "file", at=moment, public=True, desk=desk.id, channel=channel, files=files)
    grams = bigrams(f"{title} {text} {place_text or place.text}")[:800]
    _route(
        handling,
        moment,
        category=category,
        kind=kind,
        channel=channel,
        proactive=proactive,
        about_id=about_id,
        grams=grams,
    )
    handling.flush()

    case = Case(
        proceeding_id=handling.id,
        text=text,
        kind=kind,
        category=category,
        suggested=guess.code,
        confidence=guess.confidence,
        channel=channel,
        foreign_source=foreign_source,
        foreign_number=foreign_number,
        compound_id=place.compound_id,
        building_id=place.building_id,
        thing_id=thing_id,
        # A telephone number belongs into the sealed field, not into a line that every list shows.
        place_text=masks.scrub(place_text.strip())[:200] or place.text,
        longitude=place.longitude,
        latitude=place.latitude,
        anonymous=anonymous,
        about_id=about_id,
        proactive=proactive,
        grams=grams,
        filed_on=moment.astimezone(PLACE).date(),
    )
    seal_into(case, reporter_name="" if anonymous else name.strip(), reporter_phone="" if anonymous else phone)
    add(case)
    if files:
        widen(handling.id)
        attach(actor, list(files), kind="case", owner_id=str(handling.id))
    about("cases.case", handling.id)
    detail(number=handling.number, region=place.region_code, channel=channel)
    announce("cases.filed", {"case": handling.id, "number": handling.number})
    if thing_id is not None:
        announce("cases.thing_reported", {"case": handling.id})
    return {"id": handling.id, "number": handling.number}


def _route(
    handling: Handling,
    moment: datetime,
    *,
    category: str,
    kind: str,
    channel: str,
    proactive: bool,
    about_id: int | None,
    grams: Sequence[str],
) -> None:
    """Ask the routing policy, and dispatch in the same breath when it names an organisation that exists."""
    local = moment.astimezone(PLACE)
    policy, route_rules = routing.in_force()
    values = routing.facts(
        category=category,
        kind=kind,
        channel=channel,
        service_class=handling.service_class,
        region=handling.region_code,
        hour=local.hour,
        weekday=local.isoweekday(),
        month=local.month,
        proactive=proactive,
    )
    route = routing.decide(route_rules, values)
    trace: dict[str, Any] = {"policy": policy.label, "rule": route.rule, "to": route.to, "steps": list(route.steps)}
    if quoted := precedents.quoted(category, handling.region_code, grams):
        trace["precedents"] = [one.plain() for one in quoted]
    if route.broken:
        announce("cases.routing_failed", {"policy": policy.label, "rule": route.broken, "case": handling.id})
    reason = route.reason
    if route.to != routing.DESK:
        found = routing.find(
            route.to, lambda kind_, subject: directory().answering(handling.region_code, kind_, subject)
        )
        if found is not None and found.id == about_id:
            reason = "规则要派给的正是被反映的单位，须由人工另派"
        elif found is not None and (problem := duties.problem_of_lead(found.kind, category)):
            reason = problem
        elif found is not None:
            router = Actor(kind="system", name="派单规则", everything=True)
            handling.perform(router, "dispatch", at=moment, public=True, organisation=found.id, route=trace)
            return
        else:
            reason = f"规则“{route.rule}”要派给的单位（{route.to}）在这个地方没有"
    handling.perform(
        Actor(kind="system", name="派单规则", everything=True), "hold", at=moment, note=reason, route=trace
    )


def _checked_text(text: str) -> str:
    cleaned = rules.clean_text(text)
    if problem := rules.problem_of_text(cleaned):
        raise Refused(problem, field="text")
    return cleaned


def _checked_phone(phone: str, anonymous: bool) -> str:
    digits = rules.clean_phone(phone)
    if not digits or anonymous:
        return ""
    if problem := rules.problem_of_phone(digits):
        raise Refused(problem, field="phone")
    return digits


def _checked_moment(filed_at: datetime | None) -> datetime:
    present = now()
    if filed_at is None:
        return present
    if filed_at.tzinfo is None:
        filed_at = filed_at.replace(tzinfo=PLACE)
    if filed_at > present:
        raise Refused("登记时间在将来，请核对。", field="filed_at")
    if filed_at.year < 2000:
        raise Refused("登记时间太早，请核对。", field="filed_at")
    return filed_at
