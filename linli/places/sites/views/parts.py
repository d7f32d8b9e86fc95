"""What the three registers differ in: sites, things, construction sites. `register.py` makes the same pages of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.places.sites import commands, policy, queries, showing
from linli.places.sites.forms import (
    ConstructionFilter,
    ConstructionForm,
    ExceptionForm,
    SiteFilter,
    SiteForm,
    ThingFilter,
    ThingForm,
)

Rows = Any
Line = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One register. code: also the name of its pages, of the key in their addresses and of the owner of its photos; at: the
    first part of its addresses.

    narrow: the filters of its own; more: what its list shows beside the rows; about: what one page shows beside the row;
    line: a row of its sheet after the name, given place(code) and the day.
    """

    code: str
    at: str
    name: Any
    right: str
    visible: Callable[[Actor], Rows]
    bar: type[Any]
    form: type[Any]
    searched: tuple[str, ...]
    narrow: Callable[[Rows, dict[str, Any]], Rows]
    more: Callable[[date], dict[str, Any]]
    about: Callable[[Any, datetime], dict[str, Any]]
    enter: Callable[..., list[int]]
    edit: Callable[..., Any]
    close: Callable[..., Any]
    remove_photo: Callable[..., Any]
    head: Line
    line: Callable[[Any, Callable[[str], str], date], Line]


def _sites(rows: Rows, wanted: dict[str, Any]) -> Rows:
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("service"):
        rows = rows.filter(services__service=wanted["service"])
    return rows.prefetch_related("services", "exceptions")


def _about_site(row: Any, moment: datetime) -> dict[str, Any]:
    return {
        "shown": showing.shown([row], moment)[0],
        "week": showing.week_ahead(row, moment),
        "exceptions": [one for one in row.exceptions.all() if one.ends >= moment.date()],
        "said_day": showing.hours.said_day,
        "exception_form": ExceptionForm(),
    }


def _site_line(row: Any, place: Callable[[str], str], day: date) -> Line:
    one = showing.shown([row])[0]
    return (
        row.name, one.kind, place(row.region_code), row.region_code, row.address, row.service_phone, one.hours,
        "、".join(one.services), row.longitude, row.latitude, row.source, row.valid_to,
    )  # fmt: skip


def _things(rows: Rows, wanted: dict[str, Any]) -> Rows:
    if wanted.get("kind"):
        kinds = dict(policy.thing_kinds()).get(wanted["kind"], [])
        rows = rows.filter(kind__in=[name for name, _label in kinds])
    return rows.filter(state=wanted["state"]) if wanted.get("state") else rows


def _about_thing(row: Any, moment: datetime) -> dict[str, Any]:
    return {"class_name": policy.class_of(row.kind), "tone": showing.STATES[row.state]}


def _thing_line(row: Any, place: Callable[[str], str], day: date) -> Line:
    return (
        row.name, policy.class_of(row.kind), row.kind, row.mark, row.get_state_display(), row.keeper,
        place(row.region_code), row.region_code, row.address, row.longitude, row.latitude, row.source, row.as_of,
        row.valid_to,
    )  # fmt: skip


def _constructions(rows: Rows, wanted: dict[str, Any]) -> Rows:
    day = timezone.localdate(now())
    found = {"now": {"starts__lte": day}, "soon": {"starts__gt": day}, "late": {"ends__lt": day}}
    return rows.filter(**found.get(wanted.get("stage") or "", {}))


def _about_construction(row: Any, moment: datetime) -> dict[str, Any]:
    building = row.valid_to is None and row.starts <= moment.date()
    return {
        "stage": showing.stage(row, moment.date()),
        "permitted": row.work_from <= moment.time() < row.work_to if building else None,
    }


def _construction_line(row: Any, place: Callable[[str], str], day: date) -> Line:
    return (
        row.name, row.builder, row.service_phone, showing.stage(row, day)[0], row.starts, row.ends,
        f"{row.work_from:%H:%M}-{row.work_to:%H:%M}", place(row.region_code), row.region_code, row.address, row.source,
    )  # fmt: skip


SITE = Part(
    "site", "register", _("服务阵地"), "sites.edit", queries.visible_to, SiteFilter, SiteForm, ("service_phone",), _sites,
    lambda day: {"shown": showing.shown}, _about_site,
    lambda actor, new, **more: commands.open_sites(actor, sites=[new], **more), commands.edit_site, commands.close_site, commands.remove_site_photo,
    ("名称", "类别", "所在网格", "区划代码", "具体位置", "联系电话", "开放时间", "服务", "经度", "纬度", "来源", "停用日期"), _site_line,
)  # fmt: skip
THING = Part(
    "thing", "things", _("部件"), "sites.enter", queries.things_visible_to, ThingFilter, ThingForm, ("kind", "mark", "keeper"),
    _things, lambda day: {"class_of": policy.class_of, "tones": showing.STATES}, _about_thing,
    lambda actor, new, **more: commands.enter_things(actor, things=[new], **more), commands.edit_thing, commands.close_thing, commands.remove_thing_photo,
    ("名称", "大类", "类别", "标识码", "状态", "养护单位", "所在网格", "区划代码", "具体位置", "经度", "纬度", "来源", "截至日期", "停用日期"),
    _thing_line,
)  # fmt: skip
CONSTRUCTION = Part(
    "construction", "constructions", _("工地"), "sites.edit", queries.constructions_visible_to, ConstructionFilter, ConstructionForm,
    ("builder",), _constructions, lambda day: {"stage": lambda row: showing.stage(row, day)}, _about_construction,
    lambda actor, new, **more: commands.open_constructions(actor, constructions=[new], **more), commands.edit_construction, commands.close_construction, commands.remove_construction_photo,
    ("名称", "施工单位", "联系电话", "进度", "开工", "计划完工", "允许施工时间", "所在网格", "区划代码", "具体位置", "来源"), _construction_line,
)  # fmt: skip
PARTS = (SITE, THING, CONSTRUCTION)
