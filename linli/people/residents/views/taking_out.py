"""The register and the visits due as sheets and ledgers: masked as on the pages, each for a purpose."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.exchange.writing import portions
from linli.base.pages import actor_of, page
from linli.base.privacy.exports import Leaving, Told, leave, masker
from linli.base.ui.downloads import conditions, form_of
from linli.people.residents import commands, paging, queries, rules
from linli.people.residents.list_forms import RegisterFilter
from linli.people.residents.models import Person
from linli.people.residents.policy import care
from linli.people.residents.views.listing import narrowed
from linli.places.addresses.models import Dwelling
from linli.places.addresses.queries import place_names

MOST = 100_000
_PORTION = 1000
_FACTS = ("name", "sex", "birth_year", "phone", "dwelling")
_TOLD = tuple(f"residents.person.{name}" for name in _FACTS)
_COLUMNS = (
    "pk", "name", "sex", "birth_year", "phone", "kind", "state", "verified_on", "dwelling_id", "region_code",
    "dwelling__building__compound__name", "dwelling__building__name", "dwelling__unit_name", "dwelling__room_name",
)  # fmt: skip


@page("residents.export")
@require_safe
def register(request: HttpRequest) -> HttpResponseBase:
    """The filtered list, read while it is sent; sensitive groups of care are not in it."""
    actor, bar = actor_of(request), RegisterFilter(request.GET, actor_of(request))
    columns, descending = paging.SORTS[paging.sort_of(request)]
    rows = narrowed(actor, bar).order_by(*[("-" if descending else "") + name for name in columns])
    under, what, count = conditions(str(_("居民台账")), bar), str(_("居民台账")), rows.count()
    told = Told("residents.person", rows.values_list("pk", flat=True), _TOLD)
    leaving = leave(request, what=what, under=under, rows=count, told=told, most=MOST, always=True)
    if not isinstance(leaving, Leaving):
        return leaving
    commands.export(actor, conditions=under, rows=min(count, MOST))
    head = [
        _("姓名"), _("性别"), _("出生年份"), _("手机号"), _("住处"), _("网格"), _("居住关系"), _("状态"), _("需关照"), _("核实日期"),
    ]  # fmt: skip

    return leaving.sheet(what, head, _lines(actor, rows.values_list(*_COLUMNS)[:MOST]), form_of(request), seen_by=actor)


def _lines(actor: Actor, rows: Any) -> Iterator[list[Any]]:
    """Lines of the register, a portion at a time: no object of a row, a home and a place worded once."""
    name_of, phone_of = masker(Person, "name"), masker(Person, "phone")
    sexes, kinds, states = (dict(one.choices) for one in (Person.Sex, Person.Kind, Person.State))
    for portion in portions(rows.iterator(chunk_size=_PORTION), _PORTION):
        needs, homes = queries.needs_of(actor, [row[0] for row in portion]), {}
        codes = {row[9] for row in portion}
        place = place_names(codes)
        places = {code: place(code) for code in codes}
        for key, name, sex, year, phone, kind, state, verified, dwelling, code, *home in portion:
            if dwelling not in homes:
                compound, building, unit, room = home
                homes[dwelling] = f"{compound} {building} {Dwelling(unit_name=unit, room_name=room).door}"
            yield [
                name_of(key, name), sexes.get(sex, ""), year or "", phone_of(key, phone), homes[dwelling], places[code], kinds[kind],
                states[state], "、".join(needs[key].open), verified,
            ]  # fmt: skip


@page("residents.care")
@require_safe
def visits(request: HttpRequest) -> HttpResponseBase:
    """The visit list of the week, with room for what was found: to be taken along on paper."""
    actor, today, policy = actor_of(request), queries.today(), care()
    found = queries.visit_list(actor)
    keys = [person.pk for person, _needs in found]
    what = str(_("走访台账"))
    told = Told("residents.person", keys, (*_TOLD, "residents.careneed.group"))
    leaving = leave(request, what=what, under=str(_("本周走访")), rows=len(keys), told=told, always=True)
    if not isinstance(leaving, Leaving):
        return leaving
    head = [
        _("楼栋"),
        _("房号"),
        _("姓名"),
        _("年龄"),
        _("需关照"),
        _("复核日期"),
        _("没联系上"),
        _("走访日期"),
        _("走访情况"),
    ]
    lines = [
        [
            str(person.dwelling.building), person.dwelling.door, str(person.name), rules.age(person.birth_year, today),
            "、".join(dict.fromkeys(policy.name(str(need.group)) for need in needs)), min(need.review_on for need in needs),
            max(need.tries for need in needs) or "", "", "",
        ]
        for person, needs in found
    ]  # fmt: skip
    return leaving.sheet(what, head, lines, form_of(request))
