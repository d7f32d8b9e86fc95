"""What may already have been reported: the same place, the same matter, the same words, within a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.matters.cases.classifier import likeness
from linli.matters.cases.placing import Place
from linli.places.regions.coordinates import metres_between
from linli.procedures import queries as procedures

DAYS = 30
NEAR_METRES = 300.0
# How many recent cases of the neighbourhood are compared, and how many are worth a look.
LOOKED_AT = 200
SHOWN_MOST = 5
# Below this they have a place in common and nothing else.
LIKE_ENOUGH = 0.25
_SAME_HOME, _NEAR, _SAME_CATEGORY, _SAME_TOP = 0.25, 0.15, 0.2, 0.1

_COLUMNS = (
    "id",
    "number",
    "title",
    "step",
    "opened_at",
    "closed_at",
    "case__text",
    "case__category",
    "case__compound_id",
    "case__longitude",
    "case__latitude",
    "case__place_text",
    "case__cluster_id",
)


@dataclass(frozen=True, slots=True)
class Likely:
    """One case that may be about the same. likeness: 0..1; why: the reasons, for the reader to judge."""

    id: int
    number: str
    title: str
    step: str
    opened_at: datetime
    open: bool
    excerpt: str
    place: str
    likeness: float
    same_home: bool
    metres: int | None
    same_category: bool
    clustered: bool


def likely_duplicates(
    actor: Actor,
    text: str,
    place: Place | None,
    category: str = "",
    *,
    without: int | None = None,
    at: datetime | None = None,
) -> list[Likely]:
    """Recent cases near this place that speak of the same, the likeliest first; one statement.

    place: without one there is nothing to compare with. category: "" while unknown. Only what the actor may see is
    looked at; the excerpt is scrubbed.
    """
    if place is None or not text.strip():
        return []
    moment = at or now()
    rows = (
        procedures.visible_to(actor)
        .filter(procedures.within(place.region_code[:12]), kind="case", opened_at__gte=moment - timedelta(days=DAYS))
        .filter(_nearby(place))
        .exclude(pk=without or 0)
        .order_by("-opened_at", "-id")
        .values(*_COLUMNS)[:LOOKED_AT]
    )
    found = [one for row in rows if (one := _compared(row, text, place, category)) is not None]
    return sorted(found, key=lambda one: (-one.likeness, not one.open, -one.id))[:SHOWN_MOST]


def _nearby(place: Place) -> Q:
    """The same compound, or within reach of the point; with neither, the whole community."""
    if place.longitude is None or place.latitude is None:
        return Q(case__compound_id=place.compound_id) if place.compound_id else Q()
    north = NEAR_METRES / 110_500
    east = north * 1.6  # the length of a degree of longitude at 51 degrees north, the northernmost place of the country
    box = Q(
        case__longitude__range=(place.longitude - east, place.longitude + east),
        case__latitude__range=(place.latitude - north, place.latitude + north),
    )
    unknown = Q(case__longitude=None, case__compound_id=None)
    return box | unknown | (Q(case__compound_id=place.compound_id) if place.compound_id else Q(pk__in=[]))


def _compared(row: dict[str, object], text: str, place: Place, category: str) -> Likely | None:
    same_home = place.compound_id is not None and row["case__compound_id"] == place.compound_id
    metres = None
    if None not in (place.longitude, place.latitude, row["case__longitude"], row["case__latitude"]):
        metres = round(metres_between(place.longitude, place.latitude, row["case__longitude"], row["case__latitude"]))  # type: ignore[arg-type]
        if metres > NEAR_METRES and not same_home:
            return None
    theirs = str(row["case__category"])
    same = bool(category) and theirs == category
    same_top = bool(category) and theirs.split(".")[0] == category.split(".")[0]
    words = likeness(text, str(row["case__text"]))
    score = words * 0.6 + (_SAME_HOME if same_home else _NEAR if metres is not None and metres <= NEAR_METRES else 0)
    score += _SAME_CATEGORY if same else _SAME_TOP if same_top else 0
    # Being in the same place is not being the same matter: the words or the category must agree as well.
    if score < LIKE_ENOUGH or (words < 0.15 and not same):
        return None
    return Likely(
        id=row["id"],  # type: ignore[arg-type]
        number=str(row["number"]),
        title=masks.scrub(str(row["title"])),
        step=str(row["step"]),
        opened_at=row["opened_at"],  # type: ignore[arg-type]
        open=row["closed_at"] is None,
        excerpt=masks.scrub(str(row["case__text"]))[:80],
        place=str(row["case__place_text"]),
        likeness=round(min(1.0, score), 2),
        same_home=same_home,
        metres=metres,
        same_category=same,
        clustered=row["case__cluster_id"] is not None,
    )
