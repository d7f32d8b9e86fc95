"""Three registers as lists: precedents, hang-ups, exemptions. Rows in words, within what the actor may see."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.matters.cases import precedents
from linli.matters.cases.listing import place_name
from linli.matters.cases.models import Exemption, HangUp, Precedent
from linli.matters.cases.queries import category_map
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition

ORDERS = {
    "precedents": {"-at": ("-ruled_at", "-id"), "at": ("ruled_at", "id")},
    "hang_ups": {"until": ("promised_on", "id"), "review": ("review_on", "id"), "-hung": ("-hung_on", "-id")},
    "exemptions": {"-at": ("-asked_at", "-id"), "at": ("asked_at", "id")},
}


def ruled(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Precedent]:
    """Precedents of the actor's sub-districts; words are looked for in ruling, clause and category."""
    rows = precedents.visible_to(actor)
    for word in str(chosen.get("q", "")).split():
        codes = [code for code, row in category_map().items() if word in str(row["name"])]
        rows = rows.filter(Q(text__icontains=word) | Q(clause__icontains=word) | Q(category__in=codes))
    if top := chosen.get("category"):
        rows = rows.filter(Q(category=top) | Q(category__startswith=f"{top}."))
    if unit := chosen.get("unit"):
        rows = rows.filter(organisation_id=unit)
    return _since(rows, "ruled_at__date", chosen)


def hung(actor: Actor, chosen: Mapping[str, Any], today: date) -> QuerySet[HangUp]:
    """Hang-ups of cases the actor may see; `due`: those that somebody should look at again by today; `past`: date gone by."""
    rows = HangUp.objects.filter(case__proceeding__in=procedures.visible_to(actor)).select_related("case__proceeding")
    state = chosen.get("state", "")
    if state != "all":
        rows = rows.filter(ended_on=None)
    if state == "due":
        rows = rows.filter(review_on__lte=today)
    elif state == "past":
        rows = rows.filter(promised_on__lt=today)
    for word in str(chosen.get("q", "")).split():
        rows = rows.filter(
            Q(promise__icontains=word) | Q(case__proceeding__title__icontains=word) | Q(case__proceeding__number=word)
        )
    if reason := chosen.get("reason"):
        rows = rows.filter(reason=reason)
    if unit := chosen.get("unit"):
        rows = rows.filter(organisation_id=unit)
    return rows


def exempted(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Exemption]:
    """Requests to exempt of cases the actor may see."""
    rows = Exemption.objects.filter(case__proceeding__in=procedures.visible_to(actor)).select_related(
        "case__proceeding"
    )
    if state := chosen.get("state"):
        rows = rows.filter(state=state)
    for word in str(chosen.get("q", "")).split():
        rows = rows.filter(Q(note__icontains=word) | Q(materials__icontains=word) | Q(case__proceeding__number=word))
    if reason := chosen.get("reason"):
        rows = rows.filter(reason=reason)
    return _since(rows, "asked_at__date", chosen)


def _since(rows: Any, column: str, chosen: Mapping[str, Any]) -> Any:
    for name, how in (("since", "gte"), ("until", "lte")):
        if chosen.get(name):
            rows = rows.filter(**{f"{column}__{how}": chosen[name]})
    return rows


def reasons(code: str) -> dict[str, str]:
    """The names of a list of reasons, of the procedure in force."""
    shape = definition(policies.load("procedure.case").id)
    return {one.code: one.name for one in shape.lists.get(code, {}).values()}


def units(actor: Actor) -> list[tuple[int, str]]:
    """Organisations of the actor's sub-districts, to filter by."""
    found = {one.id: one.label for street in sorted(precedents.streets(actor)) for one in directory().within(street)}
    return list(found.items())


def precedent_rows(rows: Iterable[Precedent]) -> list[dict[str, Any]]:
    names, label = category_map(), directory().label
    return [
        {
            "row": row,
            "category": str(names[row.category]["name"]) if row.category in names else str(_("未分类")),
            "unit": label(row.organisation_id),
            "where": place_name(row.region_code[:12]),
        }
        for row in rows
    ]


def hang_up_rows(rows: Iterable[HangUp], today: date) -> list[dict[str, Any]]:
    names, label = reasons("hang_up"), directory().label
    return [
        {
            "row": row,
            "number": row.case.proceeding.number,
            "title": masks.scrub(row.case.proceeding.title),
            "reason": names.get(row.reason, row.reason),
            "unit": label(row.organisation_id),
            "where": place_name(row.region_code),
            "past": row.ended_on is None and row.promised_on < today,
            "due": row.ended_on is None and row.review_on <= today,
        }
        for row in rows
    ]


def exemption_rows(rows: Iterable[Exemption]) -> list[dict[str, Any]]:
    names, label = reasons("exemption"), directory().label
    return [
        {
            "row": row,
            "number": row.case.proceeding.number,
            "title": masks.scrub(row.case.proceeding.title),
            "reason": names.get(row.reason, row.reason),
            "unit": label(row.organisation_id),
        }
        for row in rows
    ]
