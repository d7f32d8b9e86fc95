"""What people ask about what is held on them, and who may ask for them."""

from datetime import date, timedelta

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.commands.models import ReadRow
from linli.base.crypto import next_pks, normalise_phone, seal_into
from linli.base.privacy import holdings, rules
from linli.base.privacy.models import Authority, RightsRequest
from linli.base.privacy.policy import entry, protection
from linli.base.privacy.queries import authorities, requests, today
from linli.base.scope import scope


@command("privacy.ask")
def ask(
    actor: Actor,
    *,
    kind: str,
    subject_kind: str,
    subject_id: int,
    words: str,
    field: str = "",
    authority: int | None = None,
) -> int:
    """A request about one record. The door has settled that this person may ask about it; called in the system's scope.

    Refused: no such kind of request, nothing said, an unknown field, a record that is not there.
    """
    if kind not in RightsRequest.Kind.values:
        raise Refused("请选要求什么。", field="kind")
    if problem := rules.problem_of_words(words):
        raise Refused(problem, field="words")
    if field and entry(field) is None:
        raise Refused("没有这一项信息。", field="field")
    holding = holdings.of(subject_kind)
    found = holding.told([subject_id]) if holding else []
    if not found:
        raise Refused("没有找到这条记录。", status=404)
    pk = next_pks(RightsRequest)[0]
    moment = now()
    row = RightsRequest(
        pk=pk,
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        field=field,
        region_code=found[0].region_code,
        authority_id=authority,
        asked_at=moment,
        due_on=rules.answer_by(today(), int(protection()["answer_days"])),
    )
    seal_into(row, words=words.strip())
    row.save(force_insert=True)
    detail(kind=kind, subject=f"{subject_kind}:{subject_id}")
    announce("privacy.asked", {"request": pk, "kind": kind, "region": row.region_code})
    return pk


@command("privacy.answer")
def answer(actor: Actor, request: int, *, outcome: str, answer: str) -> int:
    """Answer a request once, in words that its sender reads. A complaint is not answered by a unit that has looked."""
    row = requests(actor).select_for_update().filter(pk=request).first()
    if row is None:
        raise Refused("没有找到这个请求，或者它不在您的工作范围内。", status=404)
    if row.answered_at is not None:
        raise Refused("这个请求已经答复过了。", status=409)
    if row.kind == RightsRequest.Kind.COMPLAIN and _concerned(row, actor):
        raise Refused("您单位看过这条信息，投诉要由别的单位答复。", rule="not by whom it is about", status=403)
    if outcome not in RightsRequest.Outcome.values:
        raise Refused("请选结果。", field="outcome")
    if not answer.strip():
        raise Refused("请写答复，不能照办的写明依据。", field="answer")
    if len(answer) > 500:
        raise Refused("答复最多 500 个字。", field="answer")
    row.outcome, row.answer = outcome, answer.strip()
    row.answered_at, row.answered_post, row.answered_unit = now(), actor.post_id, actor.organisation_id
    row.save(update_fields=["outcome", "answer", "answered_at", "answered_post", "answered_unit"])
    detail(outcome=outcome)
    return row.pk


def _concerned(row: RightsRequest, actor: Actor) -> bool:
    """Whether the actor's own unit has looked at what the complaint is about."""
    looked = ReadRow.objects.filter(subject_kind=row.subject_kind, subject_id=str(row.subject_id))
    with scope(system("complaint")):
        return looked.filter(organisation_id__in={actor.organisation_id, *actor.organisation_ids} - {None}).exists()


@command("privacy.authorise")
def authorise(
    actor: Actor,
    *,
    subject_kind: str,
    subject_id: int,
    relation: str,
    name: str,
    phone: str,
    basis: str,
    starts: date,
    ends: date,
) -> int:
    """Record that somebody may ask for somebody else: what staff have seen it rest on, from when to when."""
    holding = holdings.of(subject_kind)
    found = holding.told([subject_id]) if holding else []
    if not found or not (actor.everything or any(found[0].region_code.startswith(one) for one in actor.regions)):
        raise Refused("没有找到这条记录，或者它不在您的工作范围内。", field="subject_id", status=404)
    if relation not in Authority.Relation.values:
        raise Refused("请选关系。", field="relation")
    if not name.strip() or len(name) > 40:
        raise Refused("请写代办人姓名，最多 40 个字。", field="name")
    if len(normalise_phone(phone)) < 7:
        raise Refused("请写代办人的电话，验证码发到这个号码。", field="phone")
    if not basis.strip() or len(basis) > 200:
        raise Refused("请写看到的依据，如委托书、户口簿，最多 200 个字。", field="basis")
    if ends < starts or (ends - starts).days > 3660:
        raise Refused("截止要在开始以后，最长十年。", field="ends")
    row = Authority(
        pk=next_pks(Authority)[0],
        subject_kind=subject_kind,
        subject_id=subject_id,
        relation=relation,
        basis=basis.strip(),
        starts=starts,
        ends=ends,
        region_code=found[0].region_code,
        recorded_at=now(),
        recorded_post=actor.post_id,
    )
    seal_into(row, name=name.strip(), phone=phone.strip())
    row.save(force_insert=True)
    detail(subject=f"{subject_kind}:{subject_id}", relation=relation)
    return row.pk


@command("privacy.end_authority", right="privacy.authorise")
def end_authority(actor: Actor, authority: int) -> int:
    """End an authority today, before its time."""
    row = authorities(actor).select_for_update().filter(pk=authority).first()
    if row is None:
        raise Refused("没有找到这项授权，或者它不在您的工作范围内。", status=404)
    day = today()
    if row.ends < day:
        raise Refused("这项授权已经结束。", status=409)
    # It no longer holds today; one that has not begun, or began today, is left with no day on which somebody can ask.
    row.starts = min(row.starts, day - timedelta(days=1))
    row.ends = day - timedelta(days=1)
    row.save(update_fields=["starts", "ends"])
    return row.pk
