"""What each layer may hold, worked out again by other means: every row of the database, and the rules as sentences.

It shares no code with linli/insight/maps: rows are read with the system's eyes, and region, right and state are compared in Python.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.scope import scope
from linli.people.accounts.models import Post
from linli.people.answering.models import Charge
from linli.people.residents.models import CareNeed
from linli.places.addresses.models import Building, BuildingPart
from linli.places.sites.models import ConstructionSite, Site, Thing
from linli.procedures.models import Proceeding

STAFF = ("community_secretary", "community_worker", "grid_worker")


@dataclass
class Expected:
    """ids of marks, counts by grid; None where the layer is not there for this actor at all."""

    ids: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)


def expected(actor: Actor, region: str) -> dict[str, Expected | None]:
    """What an actor who asks for a region may be told, layer by layer."""
    mine = [code for code in actor.regions if region.startswith(code)]
    if not mine:
        return dict.fromkeys(("cases", "buildings", "sites", "things", "constructions", "care", "people", "charges"))
    with scope(system("oracle")):
        found: dict[str, Expected | None] = {
            "buildings": _marks(_buildings(region)),
            "sites": _marks(_placed(Site, region)),
            "things": _marks(_placed(Thing, region)) if "sites.view" in actor.rights else None,
            "constructions": _marks(_placed(ConstructionSite, region)) if "sites.view" in actor.rights else None,
            "cases": _marks(_cases(region)) if "cases.view" in actor.rights else None,
        }
        visits = "residents.care" in actor.rights
        found["care"] = (
            Expected(counts=_care(region, 0 if visits else 5)) if visits or "boards.view" in actor.rights else None
        )
        people = [(post.pk, post.region_code) for post in Post.objects.all() if _answers(post, region)]
        found["people"] = Expected(counts=_counted(people)) if "organisations.view" in actor.rights else None
        charged = [(row.pk, row.region_code) for row in Charge.objects.all() if _holds(row, region)]
        placed = {row.pk for row in Charge.objects.exclude(building=None, compound=None, construction=None)}
        marks = Expected({pk for pk, _code in charged} & placed, _counted(charged))
        found["charges"] = marks if "answering.view" in actor.rights else None
    return found


def _holds(row: Charge, region: str) -> bool:
    today = (now() + timedelta(hours=8)).date()
    return row.starts <= today and (row.ends is None or row.ends >= today) and row.region_code.startswith(region)


def _marks(rows: list[tuple[int, str]]) -> Expected:
    return Expected({pk for pk, _code in rows}, _counted(rows))


def _counted(rows: list[tuple[int, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _pk, code in rows:
        counts[code] = counts.get(code, 0) + 1
    return counts


def _buildings(region: str) -> list[tuple[int, str]]:
    parts: dict[int, list[str]] = {}
    for part in BuildingPart.objects.all():
        if part.region_code.startswith(region):
            parts.setdefault(part.building_id, []).append(part.region_code)
    found = []
    for row in Building.objects.all():
        if row.valid_to is not None:
            continue
        if row.region_code.startswith(region):
            found.append((row.pk, row.region_code))
        elif row.pk in parts:
            found.append((row.pk, min(parts[row.pk])))
    return found


def _placed(model: type, region: str) -> list[tuple[int, str]]:
    return [
        (row.pk, row.region_code)
        for row in model.objects.all()  # type: ignore[attr-defined]
        if row.valid_to is None and row.region_code.startswith(region)
    ]


def _cases(region: str) -> list[tuple[int, str]]:
    rows = Proceeding.objects.filter(kind="case").select_related("case")
    return [
        (row.pk, row.region_code)
        for row in rows
        if row.closed_at is None and row.region_code.startswith(region) and row.case.longitude is not None
    ]


def _care(region: str, least: int) -> dict[str, int]:
    """Somebody is counted once, however many reviews are due; whom one tried to reach in the last days is left alone."""
    from linli.base import policies

    today = (now() + timedelta(hours=8)).date()
    rest = today - timedelta(days=policies.load("care").data["retry_days"])
    people: dict[str, set[int]] = {}
    for need in CareNeed.objects.select_related("person"):
        gone = need.ends is not None or need.person.state == "dead"
        tried = need.tried_on is not None and need.tried_on > rest
        if not gone and not tried and need.review_on <= today and need.region_code.startswith(region):
            people.setdefault(need.region_code, set()).add(need.person.merged_into_id or need.person_id)
    return {code: len(ids) for code, ids in people.items() if len(ids) >= least}


def _answers(post: Post, region: str) -> bool:
    today = (now() + timedelta(hours=8)).date()
    held = post.starts <= today and (post.ends is None or post.ends >= today) and post.account.is_active
    return held and post.role in STAFF and len(post.region_code) >= 12 and post.region_code.startswith(region)
