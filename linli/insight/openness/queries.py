"""What is told to everybody, and what staff prepare. Releases and approved examples are public; the rest by region."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.queries import Period
from linli.insight.openness import rules
from linli.insight.openness.models import Example, Release
from linli.matters.cases.models import HangUp
from linli.matters.cases.queries import category_map
from linli.places.regions import locating
from linli.places.regions.queries import in_subtrees
from linli.procedures.definitions import definition


def releases_visible_to(actor: Actor) -> QuerySet[Release]:
    """Every release of the actor's sub-districts, withdrawn ones too."""
    rows = Release.objects.order_by("-month", "region_code")
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def public_releases() -> QuerySet[Release]:
    """What everybody may see."""
    return Release.objects.filter(withdrawn_at=None).order_by("-month", "region_code")


def visible_to(actor: Actor) -> QuerySet[Example]:
    """Examples of the actor's region, at every state."""
    rows = Example.objects.select_related("case__proceeding").order_by("-written_at", "-pk")
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def public_examples() -> QuerySet[Example]:
    """What everybody may read, newest first; nothing of the case is read with it."""
    wanted = ("title", "raised", "done", "category", "region_code", "approved_at")
    return Example.objects.filter(state=Example.State.APPROVED).order_by("-approved_at", "-pk").only(*wanted)


def month_of(first: date) -> Period:
    return Period(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def prepared(region: str, month: date) -> dict[str, Any]:
    """What would be told of a sub-district and month, as the figures stand now; read from the kept days."""
    period, threshold = month_of(month), int(policies.load("openness").data["threshold"])
    by_place = indicators.by_region(region, period, 12)
    measures = indicators.total(by_place)
    names = [code for code in locating.index().names if len(code) == 12 and code.startswith(region)]
    # Every community and category has a place, also one without a complaint: nought is kept back like any small number.
    communities = {code: by_place.get(code, {}).get("filed", 0) for code in sorted({*names, *by_place})}
    tops = [code for code, row in category_map().items() if row["top"] == code]
    by_topic = indicators.by_category(region, period)
    categories = {code: by_topic.get(code, {}).get("filed", 0) for code in sorted({*tops, *by_topic})}
    return {
        "stars": rules.tables(communities, categories, measures, threshold),
        "basic_weight": str(indicators.basic_weight()),
        "names": {
            "communities": {code: locating.index().names.get(code, code).split()[-1] for code in communities},
            "categories": {
                code: str(category_map()[code]["name"]) if code in category_map() else "" for code in categories
            },
        },
        "threshold": threshold,
    }


def hang_ups() -> list[dict[str, Any]]:
    """The public list of what is hung up: reason, place no finer than the community, stage, next promised date.

    Nothing of the reporter, no number, no day of filing: it names no month of which something is kept back.
    """
    found = HangUp.objects.filter(ended_on=None).order_by("promised_on", "pk")
    names, topics = locating.index().names, category_map()
    reasons = definition(policies.load("procedure.case").id).lists.get("hang_up", {})
    rows = found.values("region_code", "reason", "promise", "promised_on", "reviews", "case__category")
    return [
        {
            "street": row["region_code"][:9],
            "street_name": names.get(row["region_code"][:9], ""),
            "community": names.get(row["region_code"][:12], ""),
            "topic": str(topics[row["case__category"]]["name"]) if row["case__category"] in topics else "",
            "reason": reasons[row["reason"]].name if row["reason"] in reasons else "",
            "promise": rules.conceal(row["promise"]),
            "reviews": row["reviews"],
            "promised_on": row["promised_on"],
        }
        for row in rows
    ]
