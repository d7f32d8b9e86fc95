"""Blowing the whistle: who is called where for what, later calls, and calls taken back."""

from collections.abc import Sequence
from typing import Any

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about, announce, command, detail
from linli.matters.cases.commands.common import CaseId
from linli.matters.cases.models import Case
from linli.matters.cases.placing import Place, place
from linli.matters.cases.queries import visible_to as visible_cases
from linli.matters.cases.rules import clean_text, problem_of_text
from linli.matters.whistles.commands.common import WhistleId, ask_to_confirm, in_hand, keep, offer_of
from linli.matters.whistles.models import Whistle
from linli.matters.whistles.queries import WHISTLERS, may_be_called
from linli.matters.whistles.rules import TOPIC_MOST
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling


@command("whistles.whistle")
def whistle(
    actor: Actor,
    *,
    topic: str,
    kind: str,
    departments: Sequence[int],
    text: str,
    region_code: str = "",
    compound_id: int | None = None,
    building_id: int | None = None,
    place_text: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    case: CaseId | None = None,
    files: Sequence[int] = (),
) -> dict[str, Any]:
    """Call departments to a place. Each gets a clock of arrival of its own, by the kind of the whistle.

    kind: a class of the procedure (stubborn, joint, emergency). departments: ids of organisations. longitude,
    latitude: degrees, WGS84/CGCS2000, of the matter. case: the case it grew out of, which gives the place when none
    is named. Returns {"id", "number"}. Raises Refused beside the field that is wrong.
    """
    own = directory().by_id.get(actor.organisation_id or 0)
    if own is None or own.kind not in WHISTLERS:
        raise Refused("吹哨由社区或者街道发起。", rule="《北京市接诉即办工作条例》第十六条", status=403)
    topic, text = " ".join(topic.split()), clean_text(text)
    if not topic or len(topic) > TOPIC_MOST:
        raise Refused(f"请写明为什么事吹哨，不超过 {TOPIC_MOST} 个字。", field="topic")
    if problem := problem_of_text(text):
        raise Refused(problem.replace("您遇到了什么问题", "现场是什么情况"), field="text")
    source = _case(actor, case)
    where = _place(source, region_code, compound_id, building_id, longitude, latitude)
    if not any(where.region_code.startswith(prefix) for prefix in actor.regions) and not actor.everything:
        raise Refused("这个地点不在您的工作范围内。", field="place", status=403)
    handling = Handling.open("whistle", region_code=where.region_code, title=masks.scrub(topic), service_class=kind)
    handling.perform(actor, "whistle", note=text, desk=own.id, files=files)
    wanted = list(dict.fromkeys(departments))
    if not wanted:
        raise Refused("请至少选一个部门。", field="departments")
    for department in wanted:
        _call(actor, handling, department)
    handling.flush()
    Whistle.objects.create(
        proceeding_id=handling.id,
        text=masks.scrub(text),
        place_text=masks.scrub(place_text.strip())[:200] or where.text or (source.place_text if source else ""),
        longitude=where.longitude,
        latitude=where.latitude,
        case=source,
        whistled_at=now(),
    )
    keep(actor, handling.id, files)
    about("whistles.whistle", handling.id)
    detail(number=handling.number, kind=kind, departments=wanted)
    announce("whistles.whistled", {"whistle": handling.id, "departments": wanted})
    return {"id": handling.id, "number": handling.number}


@command("whistles.call", right="whistles.whistle")
def call(actor: Actor, whistle: WhistleId, *, to: int, note: str = "", seen: int | None = None) -> int:
    """Call one more department to a whistle that runs; its clock starts now."""
    handling = in_hand(whistle, seen)
    _call(actor, handling, to, note)
    announce("whistles.called", {"whistle": whistle, "organisation": to})
    return handling.flush()


@command("whistles.stand_down", right="whistles.whistle")
def stand_down(actor: Actor, whistle: WhistleId, *, to: int, note: str, seen: int | None = None) -> int:
    """Take a call back before the department has come. When its time had run out it stays counted as not come."""
    handling = in_hand(whistle, seen)
    if offer_of(handling, to, "offered") is None:
        raise Refused("只有还没有到场的部门才能撤回。", field="to")
    handling.perform(actor, "stand_down", organisation=to, note=note)
    ask_to_confirm(actor, handling)
    return handling.flush()


def _call(actor: Actor, handling: Handling, department: int, note: str = "") -> None:
    if department not in {one.id for one in may_be_called(handling.region_code, without=actor.organisation_id)}:
        raise Refused("这个单位不在可以吹哨的部门里。", field="departments")
    if offer_of(handling, department, "offered", "accepted", "done"):
        raise Refused("这个部门已经叫过了。", field="departments")
    handling.perform(actor, "call", organisation=department, note=note)


def _case(actor: Actor, case: CaseId | None) -> Case | None:
    if case is None:
        return None
    found = visible_cases(actor).filter(pk=case).first()
    if found is None:
        raise Refused("没有找到这件诉求，或者它不在您的工作范围内。", field="case", status=404)
    return found


def _place(
    source: Case | None,
    region_code: str,
    compound_id: int | None,
    building_id: int | None,
    longitude: float | None,
    latitude: float | None,
) -> Place:
    if source is not None and not (region_code or compound_id or building_id or longitude is not None):
        return Place(source.proceeding.region_code, source.place_text, source.longitude, source.latitude)
    return place(
        region_code=region_code,
        compound_id=compound_id,
        building_id=building_id,
        longitude=longitude,
        latitude=latitude,
    )
