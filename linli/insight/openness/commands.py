"""Telling everybody: a month once and for good, a solved case with consent and four eyes; taking either back."""

from datetime import date

from linli.base import masks, policies
from linli.base.actor import Actor, system
from linli.base.calendar.queries import current_calendar
from linli.base.clockwork import now
from linli.base.commands import Refused, about, announce, command, detail
from linli.base.scope import scope
from linli.insight.openness import queries, rules
from linli.insight.openness.models import Example, PublicConsent, Release
from linli.matters.cases.queries import visible_to as cases_visible_to
from linli.matters.prevention.queries import today
from linli.places.regions.models import Region

TAKEN_BACK = "诉求人在进度页上说不公开"
COPIED_MOST, TEXT_MOST, REASON_LEAST = 16, 800, 4


@command("openness.release")
def release(actor: Actor, *, region_code: str, month: date, note: str = "") -> Release:
    """Tell everybody the figures of one sub-district and month. Refused: too early, told before, not the actor's."""
    if len(region_code) != 9 or not Region.objects.filter(code=region_code).exists():
        raise Refused("请选一个街道。", field="region_code")
    if not actor.everything and not region_code.startswith(tuple(actor.regions or ("-",))):
        raise Refused("这个地点不在您的工作范围内。", field="region_code", status=403)
    month = month.replace(day=1)
    policy = policies.load("openness")
    if problem := rules.may_release(month, today(), policy.data["wait_days"]):
        raise Refused(problem, field="month")
    if Release.objects.filter(region_code=region_code, month=month).exists():
        raise Refused(
            "这个月公开过了。同一个月只公开一次，前后两个版本相减会露出不公开的数。", field="month", status=409
        )
    told = queries.prepared(region_code, month)
    row = Release.objects.create(
        region_code=region_code,
        month=month,
        tables=told,
        threshold=told["threshold"],
        policy=policy.label,
        note=masks.scrub(note.strip())[:500],
        by=actor.name[:80],
        at=now(),
    )
    detail(region=region_code, month=str(month))
    announce("openness.released", {"release": row.pk})
    return row


@command("openness.withdraw", right="openness.release")
def withdraw(actor: Actor, release: int, *, reason: str) -> Release:
    """Take a month off the public pages, with the reason. It cannot be told again."""
    reason = _reason(reason)
    row = queries.releases_visible_to(actor).select_for_update().filter(pk=release).first()
    if row is None:
        raise Refused("没有找到这次公开，或者它不在您的工作范围内。", status=404)
    if row.withdrawn_at is not None:
        raise Refused("已经撤下了。", status=409)
    row.withdrawn_by, row.withdrawn_at, row.reason = actor.name[:80], now(), reason
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
    return row


@command("openness.write")
def write(actor: Actor, case: int, *, title: str, raised: str, done: str, consent: str, consented_on: date) -> Example:
    """Write a solved case in words of one's own, with the reporter's recorded consent. Somebody else approves it."""
    about("cases.case", case)
    row = cases_visible_to(actor).filter(pk=case).first()
    if row is None:
        raise Refused("没有找到这件诉求，或者它不在您的工作范围内。", field="number", status=404)
    if row.proceeding.closed_at is None or not row.resolved:
        raise Refused("只有结案并且诉求人说已解决的，才能作为实例。", field="number")
    if consent not in Example.Consent.values:
        raise Refused("请选诉求人怎样同意的。没有同意不能公开。", field="consent")
    said = queries.said_of(case)
    if said is not None and not said.agreed:
        raise Refused("诉求人在进度页上说不愿意公开，不能作为实例。", field="consent", rule="本人同意", status=409)
    by = actor.name[:80]
    if consent == Example.Consent.PAGE:
        if said is None:
            raise Refused("诉求人没有在进度页上同意过。", field="consent")
        consented_on, by = current_calendar().local(said.at).date(), "诉求人"
    if not row.filed_on <= consented_on <= today():
        raise Refused("同意日期要在登记以后、今天以前。", field="consented_on")
    texts = {"title": " ".join(title.split()), "raised": raised.strip(), "done": done.strip()}
    for name, text in texts.items():
        if not text or len(text) > (60 if name == "title" else TEXT_MOST):
            raise Refused("请填写，标题不超过 60 字，其他不超过 800 字。", field=name)
        if copied := _copied(text, row.text):
            raise Refused(f"“{copied}…”与诉求原文一样，请用自己的话写。", field=name)
    before = Example.objects.filter(case=row).first()
    if before is not None and before.state == Example.State.APPROVED:
        raise Refused("这件诉求的实例已经公开。", field="number", status=409)
    told = before or Example(case=row)
    for name, text in texts.items():
        setattr(told, name, rules.conceal(text))
    told.region_code, told.category = row.proceeding.region_code[:12], row.category
    told.consent, told.consented_on, told.consent_by = consent, consented_on, by
    told.state, told.reason, told.approver, told.approved_at = Example.State.WRITTEN, "", "", None
    told.editor_account, told.editor, told.written_at = actor.account_id, actor.name[:80], now()
    told.save()
    return told


@command("openness.consent", right="cases.confirm")
def consent(actor: Actor, case: int, *, agreed: bool) -> PublicConsent:
    """The reporter says whether a solved case may be shown as an example. Said back, at any time, it is taken down at once."""
    about("cases.case", case)
    if actor.kind != "resident":
        raise Refused("愿不愿意公开，只能由诉求人自己说。", rule="本人同意", status=403)
    row = cases_visible_to(actor).filter(pk=case).first()
    if row is None:
        raise Refused("没有找到这件诉求。", status=404)
    if agreed and (row.proceeding.closed_at is None or not row.resolved):
        raise Refused("办结并且您说解决了的，才会作为例子。", status=409)
    said = PublicConsent.objects.create(case=row, region_code=row.proceeding.region_code[:12], agreed=agreed, at=now())
    detail(agreed=agreed)
    if not agreed:
        with scope(system("openness.consent")):
            shown = Example.objects.filter(case_id=case).exclude(state=Example.State.WITHDRAWN)
            shown.update(state=Example.State.WITHDRAWN, reason=TAKEN_BACK)
    return said


@command("openness.approve")
def approve(actor: Actor, example: int) -> Example:
    """Put an example before everybody. Never by the one who wrote it."""
    row = _example(actor, example)
    if row.state != Example.State.WRITTEN:
        raise Refused(f"这个实例现在是“{row.get_state_display()}”，不能审核。", status=409)
    if actor.account_id is None or actor.account_id == row.editor_account:
        raise Refused("编写人不能审核自己写的实例，请另一个人来审。", rule="四眼原则", status=403)
    row.state, row.approver, row.approved_at = Example.State.APPROVED, actor.name[:80], now()
    row.save(update_fields=["state", "approver", "approved_at"])
    return row


@command("openness.take_down", right="openness.view")
def take_down(actor: Actor, example: int, *, reason: str) -> Example:
    """Take an example off at once, as when the reporter does not agree any more. Whoever sees it here may."""
    reason = _reason(reason)
    row = _example(actor, example)
    if row.state == Example.State.WITHDRAWN:
        raise Refused("已经撤下了。", status=409)
    row.state, row.reason = Example.State.WITHDRAWN, reason
    row.save(update_fields=["state", "reason"])
    return row


def _example(actor: Actor, key: int) -> Example:
    row = queries.visible_to(actor).select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise Refused("没有找到这个实例，或者它不在您的工作范围内。", status=404)
    return row


def _reason(text: str) -> str:
    reason = masks.scrub(" ".join(text.split()))[:500]
    if len(reason) < REASON_LEAST:
        raise Refused("请写明原因，至少 4 个字。", field="reason")
    return reason


def _copied(text: str, original: str) -> str:
    """The beginning of a stretch that was copied from the words of the reporter; empty when there is none."""
    plain, source = "".join(text.split()), "".join(original.split())
    for start in range(max(0, len(plain) - COPIED_MOST + 1)):
        if plain[start : start + COPIED_MOST] in source:
            return plain[start : start + 8]
    return ""


def numbered(actor: Actor, number: str) -> int:
    """The id of the case with this number. Refused beside `number` when the actor does not see it."""
    found = cases_visible_to(actor).filter(proceeding__number=number.strip()).values_list("pk", flat=True).first()
    if found is None:
        raise Refused("没有找到这件诉求，或者它不在您的工作范围内。", field="number", status=404)
    return int(found)
