"""Writing scores: runs that freeze what they were made from, appeals and what comes of them, publications."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about, command, detail
from linli.base.policies.models import PolicyVersion
from linli.insight.scores import freezing, policy, queries
from linli.insight.scores.models import Appeal, CounterEntry, Publication, ScoreRun, ScoreUnit
from linli.insight.scores.publishing import shown
from linli.insight.scores.rules import NotANumber, Rule, RuleError, number_text, read_number, score
from linli.insight.scores.rules.arithmetic import stored
from linli.insight.scores.rules.counting import counts, numbers
from linli.insight.scores.rules.periods import Month, month
from linli.people.organisations.queries import directory
from linli.procedures.models import Proceeding

PLACE = ZoneInfo("Asia/Shanghai")
RANKING = "排名须有依据"


@command("scores.run")
def run(actor: Actor, *, rule: str, label: str, region: str, reason: str = "") -> ScoreRun:
    """Score a period that has ended, from the cases, under the rule that was in force at its end.

    rule: code; label: `2026-03`; region: prefix; reason: why a period is scored again, for the run before stays as it is.
    """
    version, period = _version(rule, label)
    _in_scope(actor, region)
    used = _rule(version)
    if used.source != ScoreRun.Source.CASES:
        raise Refused("这个规则按表格计算，请上传表格。", field="rule")
    before = _replaced(version.code, region, label, reason)
    places = queries.unit_places(used, region)
    if not places:
        raise Refused("这个范围里没有可以评分的单位。", field="region")
    row = _begin(actor, version, period, region, ScoreRun.Source.CASES, reason, before)
    freezing.gather(
        row.pk,
        used.unit_kind,
        region,
        period.first,
        period.last,
        {key: (place, owner) for key, (_n, place, owner) in places.items()},
    )
    counted, known = freezing.sorts(row.pk), queries.constants_of(row)
    found = [
        _unit(row, key, name, place, owner, used, counted.get(key, []), known)
        for key, (name, place, owner) in places.items()
    ]
    row.unplaced = sum(count for key, sorts in counted.items() if key not in places for _facts, _mark, count in sorts)
    return _freeze(row, used, found)


@command("scores.run_table", right="scores.run")
def run_table(
    actor: Actor, *, rule: str, label: str, region: str, rows: Sequence[dict[str, Any]], note: str, reason: str = ""
) -> ScoreRun:
    """Score a period from numbers that were handed in. rows: name, group and numbers (exact texts by input) of each unit;
    note: where the numbers come from."""
    version, period = _version(rule, label)
    _in_scope(actor, region)
    used = _rule(version)
    if used.source != ScoreRun.Source.TABLE:
        raise Refused("这个规则按诉求计数，不能用表格做正式评分。", field="rule")
    if not note.strip():
        raise Refused("请写明这些数从哪里来。", field="note")
    before = _replaced(version.code, region, label, reason)
    row = _begin(
        actor, version, period, region, ScoreRun.Source.TABLE, f"{note.strip()}{'；' if reason else ''}{reason}", before
    )
    known = {name: one for one in directory().within(region) for name in (one.name, one.label)}
    found = []
    for one in rows:
        owner = known.get(one["name"])
        found.append(
            ScoreUnit(
                run=row, key=one["name"], name=one["name"], group=one.get("group", ""),
                region_code=owner.region_code if owner else region, organisation_id=owner.id if owner else None,
                numbers=one["numbers"],
            )
        )  # fmt: skip
    return _freeze(row, used, found)


def _version(rule: str, label: str) -> tuple[PolicyVersion, Month]:
    code = rule if rule.startswith(queries.FAMILY) else queries.FAMILY + rule
    try:
        end = datetime.combine(month(label).last + timedelta(days=1), time(), PLACE)
        version = queries.rule_in_force(code, end)
        if version is None:
            raise Refused(f"没有发布过名为“{rule}”的评分规则。", field="rule")
        first_day = version.data.get("period", {}).get("first_day", 1)
        period = month(label, first_day)
        version = queries.rule_in_force(code, datetime.combine(period.last, time(23, 59, 59), PLACE)) or version
        period = month(label, version.data.get("period", {}).get("first_day", 1))
    except ValueError as error:
        raise Refused(f"{error}。", field="label") from error
    if period.last >= now().astimezone(PLACE).date():
        raise Refused(f"这一期到 {period.last} 才结束，结束以后才能评分。", field="label")
    return version, period


def _rule(version: PolicyVersion) -> Rule:
    try:
        return policy.read(version.data)
    except RuleError as error:
        raise Refused(f"规则不能用：{error}", field="rule") from error


def _in_scope(actor: Actor, region: str) -> None:
    if not region or (not actor.everything and not any(region.startswith(prefix) for prefix in actor.regions)):
        raise Refused("这个范围不在您的工作范围内。", field="region", status=403)


def _replaced(code: str, region: str, label: str, reason: str) -> ScoreRun | None:
    """The run that a new one replaces; a second run of a period says why."""
    last = queries.official(ScoreRun.objects.filter(code=code, region_code=region, label=label)).first()
    if last is not None and not reason.strip():
        raise Refused("这一期已经评过分，那一次不会改动。确要重新评分，请写明原因。", field="reason", status=409)
    return last


def _begin(
    actor: Actor, version: PolicyVersion, period: Month, region: str, source: str, note: str, before: ScoreRun | None
) -> ScoreRun:
    """A run with its number, not written yet: it is written once, when its results and its seal are known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('scores_scorerun', 'id'))")
        taken = cursor.fetchone()
    assert taken is not None
    uses_figures = any("figure" in row for row in version.data["measures"])
    pinned = {
        "figures": policy.figures() if uses_figures else {},
        "constants": {code: str(number) for code, number in policy.constants().items()},
    }
    return ScoreRun(
        id=taken[0], rule=version, code=version.code, label=period.label, first=period.first, last=period.last, region_code=region,
        source=source, pinned=pinned, note=note.strip(), replaces=before, frozen_at=now(), frozen_by=actor.name or "系统",
    )  # fmt: skip


def _unit(
    row: ScoreRun, key: str, name: str, place: str, owner: int | None, rule: Rule, sorts: list[tuple[int, str, int]], known: dict[str, Fraction]
) -> ScoreUnit:  # fmt: skip
    if rule.named_groups:
        group = next((one.name for one in rule.groups if name in one.members), "")
        if not group:
            raise Refused(f"“{name}”不知道属于哪一组，请在规则的组里写上它。", field="rule")
    else:
        group = ""
    both = [
        {code: stored(number) for code, number in numbers(rule, sorts, known, every=every).items()}
        for every in (False, True)
    ]
    return ScoreUnit(
        run=row,
        key=key,
        name=name,
        group=group,
        region_code=place,
        organisation_id=owner,
        numbers=both[0],
        all_numbers=both[1],
    )


def _freeze(row: ScoreRun, rule: Rule, found: list[ScoreUnit]) -> ScoreRun:
    try:
        result = score(rule, [queries.as_unit(one) for one in found])
    except RuleError as error:
        raise Refused(f"不能评分：{error}。", field="rule") from error
    for unit, one in zip(found, result.scores, strict=True):
        unit.total, unit.tier, unit.rank, unit.lines = queries.total_of(one), one.tier, one.rank, queries.told(one)
    row.digest = queries.seal(row, found)
    row.save(force_insert=True)
    ScoreUnit.objects.bulk_create(found)
    detail(
        rule=f"{row.code}@{row.rule.version}",
        label=row.label,
        region=row.region_code,
        units=len(found),
        digest=row.digest,
    )
    return row


# -- appeals -----------------------------------------------------------------------------------------------------------


@command("scores.appeal")
def appeal(
    actor: Actor,
    unit: int,
    *,
    kind: str,
    reason: str,
    number: str = "",
    input: str = "",
    claimed: str = "",
) -> Appeal:
    """A unit's own people say that a case should not count, or that a number is wrong. unit: id; number: of the case."""
    about("scores.scoreunit", unit)
    row = ScoreUnit.objects.select_related("run", "run__rule").filter(pk=unit, pk__in=queries.units_of(actor)).first()
    if row is None:
        raise Refused("没有这个单位的评分，或者不是您的单位。", status=404)
    rule = queries.rule_of(row.run)
    if not queries.official(ScoreRun.objects.filter(pk=row.run_id)).exists():
        raise Refused("这次评分已被后一次替代，请对后一次提出。", status=409)
    if rule.appeal_days is not None and now() > row.run.frozen_at + timedelta(days=rule.appeal_days):
        raise Refused(f"申诉期是冻结后 {rule.appeal_days} 天，已经过了。", rule="申诉期")
    if kind not in Appeal.Kind.values:
        raise Refused("请选择事由。", field="kind")
    if len(reason.strip()) < 5:
        raise Refused("请写明理由，至少 5 个字。", field="reason")
    facts: dict[str, Any] = {}
    if kind == Appeal.Kind.CASE:
        facts = {"case_id": _frozen_case(row, rule, number.strip()), "number": number.strip()}
        if Appeal.objects.filter(unit=row, case_id=facts["case_id"]).exclude(status=Appeal.Status.REFUSED).exists():
            raise Refused("这一件已经申诉过。", field="number", status=409)
    else:
        facts = {"input": input, "claimed": _claimed(row, rule, input, claimed)}
    return Appeal.objects.create(
        unit=row, region_code=row.region_code, organisation_id=row.organisation_id, kind=kind, reason=reason.strip(), filed_at=now(),
        filed_by=actor.name, filed_for=actor.organisation_id, **facts,
    )  # fmt: skip


def _frozen_case(row: ScoreUnit, rule: Rule, number: str) -> int:
    case = Proceeding.objects.filter(number=number).values_list("pk", flat=True).first() if number else None
    found = {key: (facts, mark) for key, facts, mark in freezing.frozen(row.run_id, row.key)} if case else {}
    if case is None or case not in found:
        raise Refused("这一件没有计入本单位的这次评分，请核对编号。", field="number")
    if not counts(rule, *found[case]):
        raise Refused("这一件没有计入任何一项（可能已经剔除）。", field="number")
    return int(case)


def _claimed(row: ScoreUnit, rule: Rule, code: str, claimed: str) -> str:
    if code not in row.numbers or code not in rule.inputs or rule.inputs[code].constant:
        raise Refused("请选择是哪个数。", field="input")
    try:
        value = read_number(claimed, share=rule.inputs[code].share)
    except NotANumber as error:
        raise Refused(f"{error}。", field="claimed") from error
    if value is None:
        raise Refused("请填写应为多少。", field="claimed")
    return number_text(value)


@command("scores.decide")
def decide(actor: Actor, appeal: int, *, grant: bool, note: str) -> Appeal:
    """Rule on an appeal; who filed it, and the unit itself, cannot. A granted one makes counter-entries beside the run."""
    about("scores.appeal", appeal)
    row = Appeal.objects.select_related("unit", "unit__run", "unit__run__rule").filter(pk=appeal).first()
    if row is None or not queries.units_of(actor).filter(pk=row.unit_id).exists():
        raise Refused("没有这件申诉。", status=404)
    if row.status != Appeal.Status.FILED:
        raise Refused("这件申诉已经裁定过，不能再裁。", status=409)
    if actor.organisation_id is not None and actor.organisation_id in (row.filed_for, row.organisation_id):
        raise Refused("不能裁定本单位提出的申诉。", rule="回避", status=403)
    if len(note.strip()) < 2:
        raise Refused("请写明裁定的理由。", field="note")
    row.status = Appeal.Status.GRANTED if grant else Appeal.Status.REFUSED
    row.decided_at, row.decided_by, row.decision = now(), actor.name, note.strip()
    row.save(update_fields=["status", "decided_at", "decided_by", "decision"])
    if grant:
        _counter(actor, row)
    return row


def _counter(actor: Actor, row: Appeal) -> None:
    rule = queries.rule_of(row.unit.run)
    made: list[tuple[str, Fraction]]
    if row.kind == Appeal.Kind.CASE:
        facts, mark = next(
            (facts, mark) for key, facts, mark in freezing.frozen(row.unit.run_id, row.unit.key) if key == row.case_id
        )
        made = [(code, Fraction(-1)) for code in counts(rule, facts, mark)]
    else:
        extra = queries.corrections(row.unit.run).get(row.unit_id)
        held = queries.as_unit(row.unit, extra).numbers.get(row.input) or Fraction(0)
        made = [(row.input, (read_number(row.claimed) or Fraction(0)) - held)]
    CounterEntry.objects.bulk_create(
        CounterEntry(
            appeal=row, unit=row.unit, input=code, amount=str(amount), case_id=row.case_id, at=now(), by=actor.name
        )
        for code, amount in made
    )
    try:
        queries.corrected(row.unit.run, queries.units(row.unit.run))
    except RuleError as error:
        raise Refused(f"这样冲正以后不能评分：{error}。") from error


# -- publication -------------------------------------------------------------------------------------------------------


@command("scores.publish")
def publish(
    actor: Actor, run: int, *, form: str, basis: str = "", level: str = "", until: date | None = None
) -> Publication:
    """Show a run to the units of its place. Tiers and trends need no more; ranks and points need a basis document, the level
    that decided it and an end date (office letters 2025 No. 66 and 2026 No. 12 of the State Council)."""
    about("scores.scorerun", run)
    row = queries.official(queries.visible_to(actor)).filter(pk=run).first()
    if row is None or not queries.answers_for(actor, row):
        raise Refused("没有这次评分，或者它已被替代。", status=404)
    if form not in Publication.Form.values:
        raise Refused("请选择公布的形式。", field="form")
    if queries.publication_of(row) is not None:
        raise Refused("已经公布过；要换一种形式，请先撤下。", status=409)
    waiting = Appeal.objects.filter(unit__run=row, status=Appeal.Status.FILED).count()
    if waiting:
        raise Refused(f"还有 {waiting} 件申诉没有裁定，裁定后再公布。", status=409)
    if form == Publication.Form.RANKS:
        for field, value, word in (
            ("basis", basis, "依据的文件"),
            ("level", level, "由哪一级决定"),
            ("until", until, "有效期到哪一天"),
        ):
            if not value or not str(value).strip():
                raise Refused(f"公布名次要登记{word}；分档和趋势不需要。", field=field, rule=RANKING)
        if until is not None and until < now().astimezone(PLACE).date():
            raise Refused("有效期已经过了。", field="until", rule=RANKING)
    if form == Publication.Form.TIERS and not queries.rule_of(row).tiers:
        raise Refused("这个规则没有分档，可以公布趋势。", field="form")
    kept = form == Publication.Form.RANKS
    return Publication.objects.create(
        run=row, region_code=row.region_code, form=form, basis=basis.strip() if kept else "", level=level.strip() if kept else "",
        until=until if kept else None, results=shown(row, form), published_at=now(), published_by=actor.name,
    )  # fmt: skip


@command("scores.withdraw", right="scores.publish")
def withdraw(actor: Actor, publication: int, *, reason: str) -> Publication:
    """Take a publication back; it stays on record with the reason."""
    about("scores.publication", publication)
    row = Publication.objects.select_related("run").filter(pk=publication, withdrawn_at=None).first()
    if row is None or not queries.answers_for(actor, row.run):
        raise Refused("没有这项公布，或者已经撤下。", status=404)
    if len(reason.strip()) < 2:
        raise Refused("请写明撤下的原因。", field="reason")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_for = now(), actor.name, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_for"])
    return row
