"""Three registers as lists: precedents, hang-ups, exemptions. Rows in words, within what the actor may see."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.matters.cases import looking_back, parts, precedents
from linli.matters.cases.listing import place_name
from linli.matters.cases.models import Exemption, HangUp, Precedent, Satisfaction
from linli.matters.cases.queries import category_map
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition
from linli.procedures.models import Proceeding

ORDERS: dict[str, Any] = {
    "precedents": {"-at": ("-ruled_at", "-id"), "at": ("ruled_at", "id")},
    "hang_ups": {"until": ("promised_on", "id"), "review": ("review_on", "id"), "-hung": ("-hung_on", "-id")},
    "exemptions": {"-at": ("-asked_at", "-id"), "at": ("asked_at", "id")},
    "parts": parts.ORDERS,
    "looking_back": looking_back.ORDERS,
    "difficult": {"since": ("case__difficult_since", "id"), "due": ("due_at", "id"), "-opened": ("-opened_at", "-id")},
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


def difficult(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Proceeding]:
    """Cases that the street calls difficult, as the actor may see them; open ones unless all are asked for."""
    rows = procedures.visible_to(actor).filter(kind="case", case__difficult_since__isnull=False).select_related("case")
    if chosen.get("state") != "all":
        rows = rows.filter(closed_at=None)
    for word in str(chosen.get("q", "")).split():
        rows = rows.filter(Q(title__contains=word) | Q(number=word.upper()) | Q(case__place_text__contains=word))
    if region := chosen.get("region"):
        rows = rows.filter(procedures.within(region))
    if unit := chosen.get("unit"):
        rows = rows.filter(holder_id=unit)
    return rows


def looking_back_rows(rows: Iterable[Proceeding]) -> list[dict[str, Any]]:
    """What a row of the looking-back list and of the list of difficult cases says."""
    shape = definition(policies.load("procedure.case").id)
    names, label, satisfied = category_map(), directory().label, dict(Satisfaction.choices)
    found = []
    for row in rows:
        case = row.case
        looked = getattr(row, "looked_result", None)
        found.append(
            {
                "row": row,
                "number": row.number,
                "title": masks.scrub(row.title),
                "step": shape.steps[row.step].name if row.step in shape.steps else row.step,
                "tone": shape.steps[row.step].tone if row.step in shape.steps else "neutral",
                "round": row.round,
                "category": str(names[case.category]["name"]) if case.category in names else "",
                "where": place_name(row.region_code),
                "unit": label(row.holder_id),
                "said": "、".join(
                    word
                    for word in (
                        "" if case.resolved is None else str(_("已解决") if case.resolved else _("未解决")),
                        str(satisfied.get(case.satisfaction, "")),
                    )
                    if word
                ),
                "settled_on": case.settled_on,
                "looked_at": getattr(row, "looked_at", None),
                "looked": shape.results[str(looked)].name if looked in shape.results else "",
                "since": case.difficult_since,
            }
        )
    return found
