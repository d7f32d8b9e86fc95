"""What the lead, the supporting units and the grid worker do with a case."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.base.files.commands import attach
from linli.base.prepared import change, values
from linli.matters.cases import duties
from linli.matters.cases.commands.common import CaseId, attempted, in_hand
from linli.matters.cases.models import Case, ContactAttempt
from linli.matters.cases.queries import may_lead
from linli.matters.cases.second import check_visited
from linli.people.accounts.queries import post_of_organisation
from linli.people.organisations.queries import directory
from linli.procedures import rules as engine

PLACE = ZoneInfo("Asia/Shanghai")
INTERNAL = "case.internal"
NOT_COMMUNITY = "not_community_duty"
COMMUNITY = "community"


@command("cases.accept")
def accept(actor: Actor, case: CaseId, *, seen: int | None = None) -> int:
    """Take the case on."""
    handling = in_hand(case, seen)
    handling.perform(actor, "accept", public=True, post=actor.post_id if actor.role == "grid_worker" else None)
    announce("cases.accepted", {"case": case})
    return handling.flush()


@command("cases.return")
def return_(
    actor: Actor,
    case: CaseId,
    *,
    ground: str,
    note: str,
    materials: str = "",
    files: Sequence[int] = (),
    seen: int | None = None,
) -> int:
    """Ask to give the case back, with a ground from the list and materials: documents that are named, or attached.

    The desk decides; the answer clock runs on.
    """
    handling = in_hand(case, seen)
    _check_ground(actor, case, ground)
    handling.perform(actor, "return", ground=ground, note=note, materials=materials.strip()[:500], files=files)
    _keep(actor, case, files, internal=True)
    announce("cases.returned", {"case": case, "ground": ground})
    return handling.flush()


@command("cases.dispute")
def dispute(actor: Actor, case: CaseId, *, ground: str, note: str, seen: int | None = None) -> int:
    """Dispute the dispatch after a return was refused: it goes to a deliberation and a ruling."""
    handling = in_hand(case, seen)
    _check_ground(actor, case, ground)
    handling.perform(actor, "dispute", ground=ground, note=note)
    announce("cases.disputed", {"case": case})
    return handling.flush()


@command("cases.hand")
def hand(actor: Actor, case: CaseId, *, post: int, note: str = "", seen: int | None = None) -> int:
    """Give the case to a colleague's post in the same organisation, such as the grid worker."""
    handling = in_hand(case, seen)
    if post_of_organisation(post, actor.organisation_id) is None:
        raise Refused("请选本单位在岗的人。", field="post")
    handling.perform(actor, "hand", post=post, note=note)
    return handling.flush()


@command("cases.contact")
def contact(
    actor: Actor, case: CaseId, *, reached: bool, channel: str = "telephone", note: str = "", seen: int | None = None
) -> int:
    """Record a try to reach the reporter; only one that reached them meets the contact clock."""
    if channel not in ContactAttempt.Channel.values:
        raise Refused("请选联系方式。", field="channel")
    handling = in_hand(case, seen)
    act = "reach" if reached else "contact"
    handling.perform(
        actor, act, note=note, public=True, channel=channel, result="reached" if reached else "not_reached"
    )
    attempted(actor, handling, ContactAttempt.Purpose.HANDLING, channel, reached, note)
    if reached:
        change(Case, case, contacted=True)
    return handling.flush()


@command("cases.visit")
def visit(actor: Actor, case: CaseId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """Record a visit on site. Photos only where they are needed; no position is stored."""
    handling = in_hand(case, seen)
    handling.perform(actor, "visit", note=note, files=files, public=True)
    _keep(actor, case, files)
    return handling.flush()


@command("cases.measure")
def measure(actor: Actor, case: CaseId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """Record what was done."""
    handling = in_hand(case, seen)
    handling.perform(actor, "measure", note=note, files=files, public=True)
    _keep(actor, case, files)
    return handling.flush()


@command("cases.support")
def support(actor: Actor, case: CaseId, *, to: int, note: str, seen: int | None = None) -> int:
    """Ask another organisation to help; the lead stays the lead."""
    handling = in_hand(case, seen)
    if to == handling.state.lead:
        raise Refused("协办单位不能是主办单位自己。", field="to")
    if to not in {listing.id for listing in may_lead(handling.region_code)}:
        raise Refused("这个单位不在本街道的派单范围内。", field="to")
    if any(
        o.role == "support" and o.organisation == to and o.status in engine.OPEN_ASSIGNMENTS
        for o in handling.state.offers
    ):
        raise Refused("这个单位已经在协办。", field="to")
    handling.perform(actor, "support", organisation=to, note=note, public=True)
    announce("cases.support_asked", {"case": case, "organisation": to})
    return handling.flush()


@command("cases.support_done")
def support_done(actor: Actor, case: CaseId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """The supporting unit reports its part to the lead."""
    handling = in_hand(case, seen)
    handling.perform(actor, "support_done", organisation=actor.organisation_id, note=note, files=files)
    _keep(actor, case, files, internal=True)
    return handling.flush()


@command("cases.pause")
def pause(actor: Actor, case: CaseId, *, reason: str, note: str, seen: int | None = None) -> int:
    """Stop the clocks for a reason that the policy allows; the resident reads the reason."""
    handling = in_hand(case, seen)
    handling.perform(actor, "pause", reason=reason, note=note, public=True)
    return handling.flush()


@command("cases.resume")
def resume(actor: Actor, case: CaseId, *, note: str = "", seen: int | None = None) -> int:
    """Let the clocks run again."""
    handling = in_hand(case, seen)
    handling.perform(actor, "resume", note=note, public=True)
    return handling.flush()


@command("cases.answer")
def answer(actor: Actor, case: CaseId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """Answer the resident. The unit a complaint is about cannot answer it by itself."""
    handling = in_hand(case, seen)
    about_id, answered_on, answered_late = values(Case, case, "about_id", "answered_on", "answered_late")
    if about_id is not None and about_id == actor.organisation_id:
        raise Refused("这件诉求反映的是本单位，不能由本单位自己答复，请派单台改派。", rule="当事单位回避", status=403)
    check_visited(handling)
    due = next((engine_due for code, engine_due in handling.dues() if code == "answer"), None)
    handling.perform(actor, "answer", note=note, files=files, public=True)
    _keep(actor, case, files)
    moment = now()
    # A second round answered in time does not wash away a first answer that came late.
    change(
        Case, case, answered_on=answered_on or moment.astimezone(PLACE).date(),
        answered_late=answered_late or (due is not None and moment > due), pressed=0,
    )  # fmt: skip
    announce("cases.answered", {"case": case, "round": handling.state.round})
    return handling.flush()


def _check_ground(actor: Actor, case: CaseId, ground: str) -> None:
    """Who says that a matter is not on the duty list of communities must be right about it."""
    if ground != NOT_COMMUNITY:
        return
    listing = directory().by_id.get(actor.organisation_id or 0)
    (category,) = values(Case, case, "category")
    if listing is None or listing.kind != COMMUNITY:
        raise Refused("这条理由只适用于社区。", field="ground", rule=duties.RULE)
    if category and not duties.outside(policies.load("duties").data, COMMUNITY, category):
        raise Refused("这类事项在社区职责清单内，不能用这条理由。", field="ground", rule=duties.RULE)


def _keep(actor: Actor, case: CaseId, files: Sequence[int], *, internal: bool = False) -> None:
    """Give files to the case; what units tell each other is kept from the reporter."""
    if files:
        attach(actor, list(files), kind=INTERNAL if internal else "case", owner_id=str(case))
