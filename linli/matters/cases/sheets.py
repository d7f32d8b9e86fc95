"""A list of cases as the rows of a sheet: contacts masked, free text scrubbed, a line that says who took it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.base import masks
from linli.base.actor import Actor
from linli.base.privacy.exports import Told, masker
from linli.base.ui.words import local
from linli.matters.cases.listing import place_name
from linli.matters.cases.models import Case, Satisfaction
from linli.matters.cases.queries import category_map
from linli.people.organisations.queries import directory
from linli.procedures.definitions import Definition
from linli.procedures.models import Proceeding

ROWS_MOST = 100_000
_COLUMNS = (
    "id",
    "number",
    "title",
    "step",
    "round",
    "service_class",
    "region_code",
    "holder_id",
    "lead_id",
    "opened_at",
    "closed_at",
    "due_at",
    "case__text",
    "case__category",
    "case__kind",
    "case__channel",
    "case__place_text",
    "case__proactive",
    "case__about_id",
    "case__reporter_name",
    "case__reporter_phone",
    "case__answered_on",
    "case__settled_on",
    "case__resolved",
    "case__satisfaction",
)


def header() -> list[str]:
    return [
        _("编号"),
        _("事项"),
        _("诉求内容"),
        _("环节"),
        _("轮次"),
        _("时限等级"),
        _("分类"),
        _("类型"),
        _("来源"),
        _("主动发现"),
        _("社区网格"),
        _("地点"),
        _("主办单位"),
        _("现在由"),
        _("诉求人"),
        _("联系电话"),
        _("登记时间"),
        _("最近到期"),
        _("答复日"),
        _("回访日"),
        _("解决"),
        _("满意"),
        _("结案时间"),
    ]


def told(found: QuerySet[Proceeding]) -> Told:
    """What the sheet tells of whom: the masked names and numbers of those who called."""
    keys = found.filter(case__reporter_name__isnull=False).values_list("pk", flat=True)
    return Told("cases.case", keys, ("cases.case.reporter_name", "cases.case.reporter_phone"))


def rows(found: QuerySet[Proceeding], actor: Actor, shape: Definition) -> Iterator[list[Any]]:
    """One list per case, in the order of `found`, at most ROWS_MOST; read in portions."""
    categories, label = category_map(), directory().label
    kinds, channels, satisfied = dict(Case.Kind.choices), dict(Case.Channel.choices), dict(Satisfaction.choices)
    name_of, phone_of = masker(Case, "reporter_name"), masker(Case, "reporter_phone")
    places: dict[str, str] = {}
    for row in found.values(*_COLUMNS)[:ROWS_MOST].iterator(chunk_size=2000):
        code = row["region_code"]
        if code not in places:
            places[code] = place_name(code)
        category = categories.get(row["case__category"])
        resolved = row["case__resolved"]
        # Whoever a case is about never learns who reported it, not even a masked name.
        own = row["case__about_id"] is not None and row["case__about_id"] == actor.organisation_id
        yield [
            row["number"],
            row["title"],
            masks.scrub(row["case__text"]),
            shape.steps[row["step"]].name if row["step"] in shape.steps else row["step"],
            row["round"],
            shape.classes.get(row["service_class"], ""),
            str(category["name"]) if category else "",
            kinds.get(row["case__kind"], ""),
            channels.get(row["case__channel"], ""),
            _("是") if row["case__proactive"] else "",
            places[code],
            masks.scrub(row["case__place_text"]),
            label(row["lead_id"]) if row["lead_id"] else "",
            label(row["holder_id"]),
            "" if own else name_of(row["id"], row["case__reporter_name"]),
            "" if own else phone_of(row["id"], row["case__reporter_phone"]),
            row["opened_at"],
            row["due_at"] if row["closed_at"] is None else None,
            row["case__answered_on"],
            row["case__settled_on"],
            "" if resolved is None else _("已解决") if resolved else _("未解决"),
            satisfied.get(row["case__satisfaction"], ""),
            row["closed_at"],
        ]


def mark(actor: Actor, organisation: str, at: datetime, count: int, conditions: str) -> list[str]:
    """The last line of every sheet: who took it, when, how much, under which conditions."""
    words = _(
        "导出：%(name)s(%(organisation)s) %(at)s · %(count)d 件 · 条件：%(conditions)s · 联系方式已遮盖，导出已记入审计。"
    ) % {
        "name": actor.name,
        "organisation": organisation,
        "at": f"{local(at):%Y-%m-%d %H:%M}",
        "count": count,
        "conditions": conditions or _("无"),
    }
    if count >= ROWS_MOST:
        words += _("只导出了最前面的 %(most)d 件。") % {"most": ROWS_MOST}
    return [words]
