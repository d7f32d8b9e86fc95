"""Reading cases. Every list starts from what the actor may see."""

import hashlib
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.matters.cases.models import Case
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import Listing, directory
from linli.procedures import queries as procedures


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Cases this actor may see, each with its proceeding."""
    return Case.objects.filter(proceeding__in=procedures.visible_to(actor)).select_related("proceeding")


def tracking_secret() -> bytes:
    """The key behind tracking codes and call-back links; derived, so that codes are worth nothing without this instance."""
    return hashlib.sha256(b"linli.tracking:" + settings.SECRET_KEY.encode()).digest()


def category(code: str) -> dict[str, object] | None:
    """One category of the policy in force, or None when the code is unknown."""
    return category_map().get(code)


def category_map() -> dict[str, dict[str, object]]:
    """Every category by code, first and second level alike. Kept per policy version: only to be read."""
    return _categories(policies.load("categories").id)


@lru_cache(maxsize=8)
def _categories(policy_id: int) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for top in policies.version(policy_id).data["categories"]:
        found[top["code"]] = {**top, "top": top["code"]}
        for child in top.get("children", []):
            found[child["code"]] = {**child, "top": top["code"], "top_name": top["name"]}
    return found


def desk_for(region_code: str) -> Listing | None:
    """The dispatch desk that answers for a place."""
    return directory().answering(region_code, Organisation.Kind.DESK)


def may_lead(region_code: str) -> list[Listing]:
    """Organisations a dispatcher of this place can choose as lead or support."""
    kinds = (
        Organisation.Kind.COMMUNITY,
        Organisation.Kind.DEPARTMENT,
        Organisation.Kind.SUB_DISTRICT_OFFICE,
        Organisation.Kind.PROPERTY_FIRM,
    )
    return directory().within(region_code[:9], *kinds)
