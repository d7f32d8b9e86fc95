"""Everything that can be done to a preventive task: planned, accepted, measures recorded, finished, checked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, about, announce, command, detail
from linli.matters.cases.queries import category_map, desk_for
from linli.matters.prevention import rules
from linli.matters.prevention.models import Prevention
from linli.matters.prevention.queries import KIND, owners, today
from linli.places.regions.models import Region
from linli.procedures.handling import Handling


@command("prevention.plan")
def plan(
    actor: Actor,
    *,
    title: str,
    text: str,
    region_codes: Sequence[str],
    owner: int,
    until: date,
    category: str = "",
    origin: str = "own",
    evidence: str = "",
) -> int:
    """Plan one measure at one place, with an owner and a day by which it must be done. Returns its id.

    region_codes: grids or communities of one sub-district, all within the actor's own; until: the last day.
    """
    title, text = " ".join(title.split()), text.strip()
    for problem, field in ((rules.problem_of_title(title), "title"), (rules.problem_of_text(text), "text")):
        if problem:
            raise Refused(problem, field=field)
    day = today()
    if problem := rules.problem_of_day(until, day):
        raise Refused(problem, field="until")
    if category and category not in category_map():
        raise Refused("没有这个分类，请从清单里选。", field="category")
    if origin not in Prevention.Origin.values:
        raise Refused("请从清单里选由来。", field="origin")
    codes = _places(actor, region_codes)
    region = codes[0] if len(codes) == 1 else _common(codes)
    if owner not in {listing.id for listing in owners(region)}:
        raise Refused("请从清单里选责任单位。", field="owner")
    desk = actor.organisation_id or getattr(desk_for(region), "id", None)
    if desk is None:
        raise Refused("这个地点还没有街道的派单台负责，请核对地点。", field="region_codes")
    handling = Handling.open(KIND, region_code=region, title=masks.scrub(title), service_class="ordinary")
    # The limit of this one task is the day that was set: it goes into the entry, so that replay needs nothing else.
    shape = handling.definition
    limit = replace(shape.clocks["carry_out"], limits={"ordinary": (rules.days_until(until, day), "days")})
    handling.definition = replace(shape, clocks={**shape.clocks, "carry_out": limit})
    handling.perform(actor, "plan", note=masks.scrub(text), public=False, desk=desk, organisation=owner)
    handling.flush()
    Prevention.objects.create(
        proceeding_id=handling.id,
        text=masks.scrub(text),
        category=category,
        region_codes=codes,
        origin=origin,
        evidence=masks.scrub(evidence)[:300],
        until=until,
        planned_on=day,
    )
    about("prevention.prevention", handling.id)
    detail(number=handling.number, region=region, origin=origin)
    announce("prevention.planned", {"prevention": handling.id})
    return handling.id


@command("prevention.accept")
def accept(actor: Actor, task: int, *, seen: int | None = None) -> int:
    """Take the task on. seen: how many entries the user had before them; more now is a stale form."""
    return _perform(actor, task, "accept", seen)


@command("prevention.redirect")
def redirect(actor: Actor, task: int, *, to: int, note: str, seen: int | None = None) -> int:
    """Give it to another owner; the day by which it must be done stays."""
    about("prevention.prevention", task)
    handling = _in_hand(task, seen)
    if to not in {listing.id for listing in owners(handling.region_code)}:
        raise Refused("请从清单里选责任单位。", field="to")
    handling.perform(actor, "redirect", note=note.strip(), organisation=to)
    return handling.flush()


@command("prevention.measure")
def measure(actor: Actor, task: int, *, note: str, seen: int | None = None) -> int:
    """Record one step of the work."""
    return _perform(actor, task, "measure", seen, note)


@command("prevention.carry_out")
def carry_out(actor: Actor, task: int, *, note: str, seen: int | None = None) -> int:
    """It is done; the note says what was done. Somebody else checks it."""
    key = _perform(actor, task, "carry_out", seen, note)
    Prevention.objects.filter(pk=task).update(finished_on=today())
    return key


@command("prevention.check")
def check(actor: Actor, task: int, *, note: str, seen: int | None = None) -> int:
    """Looked at and found done; closes the task. Not by the organisation that did the work."""
    handling = _in_hand(task, seen)
    _apart(actor, handling)
    return _perform(actor, task, "check", seen, note)


@command("prevention.redo", right="prevention.check")
def redo(actor: Actor, task: int, *, note: str, seen: int | None = None) -> int:
    """Looked at and found wanting: back to the owner with what is missing."""
    handling = _in_hand(task, seen)
    _apart(actor, handling)
    key = _perform(actor, task, "redo", seen, note)
    Prevention.objects.filter(pk=task).update(finished_on=None)
    return key


@command("prevention.call_off", right="prevention.plan")
def call_off(actor: Actor, task: int, *, note: str, seen: int | None = None) -> int:
    """It is not needed any more; the note says why."""
    return _perform(actor, task, "call_off", seen, note)


def _perform(actor: Actor, task: int, act: str, seen: int | None, note: str = "") -> int:
    about("prevention.prevention", task)
    handling = _in_hand(task, seen)
    handling.perform(actor, act, note=masks.scrub(note.strip()))
    return handling.flush()


def _in_hand(task: int, seen: int | None) -> Handling:
    handling = Handling.load(task, seen=seen)
    if handling.definition.code != KIND:
        raise Refused("没有找到这个任务，或者它不在您的工作范围内。", status=404)
    return handling


def _apart(actor: Actor, handling: Handling) -> None:
    if actor.organisation_id is not None and actor.organisation_id == handling.state.lead:
        raise Refused("办的单位不能自己核查，请由派任务的一方核查。", rule="办查分开", status=403)


def _places(actor: Actor, given: Sequence[str]) -> list[str]:
    codes = sorted(dict.fromkeys(given))
    if not codes:
        raise Refused("请选地点。", field="region_codes")
    known = set(Region.objects.filter(code__in=codes, valid_to=None).values_list("code", flat=True))
    if known != set(codes) or min(map(len, codes)) < 9 or len({code[:9] for code in codes}) != 1:
        raise Refused("没有找到这个街道、社区或网格，请重新选。", field="region_codes")
    if not actor.everything and not all(code.startswith(tuple(actor.regions or ("-",))) for code in codes):
        raise Refused("这个地点不在您的工作范围内。", field="region_codes", status=403)
    return codes


def _common(codes: Sequence[str]) -> str:
    """The smallest region that holds all of them: a community or the sub-district."""
    return codes[0][:12] if len({code[:12] for code in codes}) == 1 else codes[0][:9]
