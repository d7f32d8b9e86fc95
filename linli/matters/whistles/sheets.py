"""Lists and figures of whistles as the rows of a sheet; free text scrubbed, a line that says who took it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.matters.cases.listing import place_name
from linli.matters.whistles import queries
from linli.matters.whistles.rules import Figures
from linli.matters.whistles.words import OUTCOMES
from linli.people.organisations.queries import directory
from linli.procedures.definitions import Definition
from linli.procedures.models import Proceeding

ROWS_MOST = 20_000
_PORTION = 500


def header() -> list[str]:
    return [
        _("编号"), _("什么事"), _("类别"), _("环节"), _("吹哨方"), _("地点"), _("部门"), _("到场"), _("到场用时（分钟）"),
        _("到场时限"), _("结果"), _("吹哨时间"), _("结案时间"),
    ]  # fmt: skip


def rows(found: QuerySet[Proceeding], shape: Definition, at: datetime) -> Iterator[list[Any]]:
    """One line for each called department, in the order of `found`."""
    label = directory().label
    heads = list(found.values(*queries.COLUMNS)[:ROWS_MOST])
    for first in range(0, len(heads), _PORTION):
        portion = heads[first : first + _PORTION]
        called = queries.called([row["id"] for row in portion], at)
        for row in portion:
            result = shape.results.get(row["whistle__result"])
            for one in called.get(row["id"], []):
                came, due = one.arrived_at, one.due_at
                yield [
                    row["number"],
                    row["title"],
                    shape.classes.get(row["service_class"], ""),
                    shape.steps[row["step"]].name,
                    label(row["holder_id"]),
                    f"{place_name(row['region_code'])} {row['whistle__place_text']}".strip(),
                    label(one.department),
                    str(OUTCOMES[one.outcome][0]),
                    round((came - row["opened_at"]).total_seconds() / 60) if came else "",
                    due,
                    result.name if result else "",
                    row["opened_at"],
                    row["closed_at"],
                ]


def figures_header() -> list[str]:
    return [
        _("角度"), _("单位"), _("被叫次数"), _("按时到场"), _("迟到"), _("未到"), _("还没到时限"), _("按时到场率"), _("已确认"),
        _("已解决"), _("平均评分"), _("评分次数"), _("到场用时中位数（分钟）"),
    ]  # fmt: skip


def figures_rows(side: str, found: Iterable[Figures]) -> Iterator[list[Any]]:
    for row in found:
        share = row.in_time_share
        yield [
            side, directory().label(row.organisation), row.called, row.in_time, row.late, row.missed, row.waiting,
            "" if share is None else f"{share:.1%}", row.concluded, row.solved,
            "" if row.mean_rating is None else round(row.mean_rating, 2), row.ratings,
            "" if row.median_minutes is None else round(row.median_minutes, 1),
        ]  # fmt: skip
