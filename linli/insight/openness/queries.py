"""What is told to everybody, and what staff prepare. Releases and approved examples are public; the rest by region."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.queries import Period
from linli.insight.openness import rules
from linli.insight.openness.models import Example, PublicConsent, Release
from linli.matters.cases.models import Case, HangUp
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


def said_of(case: int) -> PublicConsent | None:
    """What the reporter last said on the page of the case; None when nothing was said there."""
    return PublicConsent.objects.filter(case_id=case).order_by("-id").first()


def willing(actor: Actor, most: int = 20) -> list[dict[str, Any]]:
    """Cases whose reporters agreed on the page and of which nothing is written yet, the latest first."""
    later = PublicConsent.objects.filter(case_id=OuterRef("case_id"), id__gt=OuterRef("id"))
    written = Example.objects.filter(case_id=OuterRef("case_id"))
    rows = PublicConsent.objects.filter(~Exists(later), ~Exists(written), agreed=True).order_by("-id")
    if not actor.everything:
        rows = rows.filter(in_subtrees(actor.regions, "region_code"))
    named = rows.values(
        "at", "case__category", number=F("case__proceeding__number"), title=F("case__proceeding__title")
    )
    return [dict(row) for row in named[:most]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reporter is asked and shown about publishing. agreed: None when nothing was said yet; told_by: how a member of staff
    noted the consent when it was not given on the page; text: what is to be shown, once it is written; public: shown to everybody."""

    agreed: bool | None
    at: datetime | None = None
    told_by: str = ""
    text: tuple[str, str, str] | None = None
    public: bool = False


def asked_of(case: int) -> Asked | None:
    """For the page of a case, with its reporter's eyes; None when it was not settled as resolved: then nobody asks."""
    if not Case.objects.filter(pk=case, resolved=True, proceeding__closed_at__isnull=False).exists():
        return None
    said, row = said_of(case), Example.objects.filter(case_id=case).first()
    standing = row is not None and row.state != Example.State.WITHDRAWN
    text = (row.title, row.raised, row.done) if row is not None and standing else None
    public = row is not None and row.state == Example.State.APPROVED
    if said is not None:
        return Asked(said.agreed, said.at, "", text, public)
    if row is not None and standing:
        return Asked(True, row.written_at, str(row.get_consent_display()), text, public)
    return Asked(None)


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
