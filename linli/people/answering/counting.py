"""Figures about who looks after what: people by role and standing, places, homes called at, posts held across. Each is a
query over the charges of a day, and opens to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.base.actor import Actor
from linli.people.accounts.models import Post
from linli.people.answering import rules
from linli.people.answering.models import Charge, HouseCall
from linli.people.answering.queries import held, policy, visible_to
from linli.people.organisations.models import Organisation, Service
from linli.people.party.queries import being
from linli.places.addresses.models import Compound
from linli.places.regions.queries import in_subtrees

KINDS = Organisation.Kind


@dataclass(slots=True)
class Figure:
    """One role and standing: how many different people, for how many different places of each kind, homes called at."""

    role: str
    standing: str
    people: int = 0
    places: dict[str, int] = field(default_factory=dict)
    homes: int = 0


def _person(row: Mapping[str, Any]) -> Any:
    """Who it is: an account, or a name of one unit. Two people of one name and unit cannot be told apart."""
    if row["post__account"] is not None:
        return row["post__account"]
    return bytes(row["name_index"] or str(row["pk"]).encode()), row["organisation"]


def figures(actor: Actor, since: date, day: date) -> list[Figure]:
    """By role and standing, in the order of the policy: who was charged on some day from `since` to `day`."""
    rows = visible_to(actor).filter(starts__lte=day).filter(Q(ends=None) | Q(ends__gte=since))
    people: dict[tuple[str, str], set[Any]] = defaultdict(set)
    places: dict[tuple[str, str], dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    columns = ("pk", "role", "standing", "post__account", "name_index", "organisation", "region_code", *PARTS)
    for row in rows.values(*columns).iterator():
        key = row["role"], row["standing"]
        people[key].add(_person(row))
        at = next((part for part in PARTS if row[part] is not None), "region_code")
        places[key][at].add(row[at])
    calls = HouseCall.objects.filter(charge__in=rows.values("pk"), on__gte=since, on__lte=day)
    called = (
        calls.order_by().values_list("charge__role", "charge__standing").annotate(n=Count("dwelling", distinct=True))
    )
    homes = {(role, standing): count for role, standing, count in called}
    order = {code: at for at, (code, _name) in enumerate(rules.named(policy()))}
    return [
        Figure(*key, len(people[key]), {at: len(found) for at, found in places[key].items()}, homes.get(key, 0))
        for key in sorted(people, key=lambda one: (order.get(one[0], 99), one[1]))
    ]


# The most particular place first.
PARTS = ("serves", "construction", "building", "compound")


def without_charge(actor: Actor, day: date) -> QuerySet[Post]:
    """Posts of the roles that should all look after some place (policy `all_charged`) and do not."""
    rows = Post.objects.filter(held(day), role__in=policy().get("all_charged", []), account__is_active=True)
    if not actor.everything:
        rows = rows.filter(in_subtrees(actor.regions, "organisation__region_code"))
    charged = Charge.objects.filter(held(day), role="official", post__account=OuterRef("account"))
    return rows.exclude(Exists(charged)).select_related("account", "organisation").order_by("organisation", "pk")


@dataclass(slots=True)
class Across:
    """One community: the property firms that serve there, who of them sits in the committee, who of it at a firm."""

    organisation: Organisation
    firms: int = 0
    into: int = 0
    out: int = 0

    @property
    def state(self) -> str:
        """ "both" ways, one way, "none"; "" where no firm serves and there is nobody to exchange with."""
        if self.into and self.out:
            return "both"
        return "one" if self.into or self.out else "none" if self.firms else ""


def across(actor: Actor, day: date) -> list[Across]:
    """双向进入、交叉任职 by community on a day: charges of the roles with `cross`, and people with a post in both."""
    communities = Organisation.objects.filter(being(day), kind=KINDS.COMMUNITY).order_by("region_code", "pk")
    if not actor.everything:
        communities = communities.filter(in_subtrees(actor.regions, "region_code"))
    found = {row.region_code[:12]: Across(row) for row in communities}
    served = Service.objects.filter(held(day)).values_list("compound__region_code", "firm")
    firms: dict[str, set[int]] = defaultdict(set)
    for code, firm in served:
        firms[code[:12]].add(firm)
    ways = {row["code"]: row["cross"] for row in policy()["roles"] if row.get("cross")}
    both: dict[tuple[str, str], set[Any]] = defaultdict(set)
    rows = visible_to(actor).filter(held(day), role__in=ways)
    for row in rows.values(
        "pk", "role", "post__account", "name_index", "organisation", "region_code", "post__organisation__region_code"
    ):
        # Out to a firm counts where they come from.
        home = row["post__organisation__region_code"] if ways[row["role"]] == "out" else ""
        both[(home or row["region_code"])[:12], ways[row["role"]]].add(_person(row))
    for code, account in _two_posts(day):
        both[code[:12], "in"].add(account)
        both[code[:12], "out"].add(account)
    for code, one in found.items():
        one.firms, one.into, one.out = len(firms[code]), len(both[code, "in"]), len(both[code, "out"])
    return list(found.values())


def _two_posts(day: date) -> list[tuple[str, int]]:
    """(region of the community, account) of everybody who holds a post in a community and one in a property firm."""
    posts = Post.objects.filter(held(day), account__is_active=True)
    firm = posts.filter(organisation__kind=KINDS.PROPERTY_FIRM, account=OuterRef("account"))
    rows = posts.filter(Exists(firm), organisation__kind=KINDS.COMMUNITY)
    return list(rows.values_list("organisation__region_code", "account"))


def unmanaged_without(actor: Actor, day: date) -> QuerySet[Compound]:
    """Compounds that no property firm serves and no official looks after (无主管楼院未分包)."""
    rows = Compound.objects.filter(valid_to=None)
    rows = rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))
    served = Service.objects.filter(held(day), compound=OuterRef("pk"))
    looked_after = Charge.objects.filter(held(day), role="official", compound=OuterRef("pk"))
    return rows.exclude(Exists(served)).exclude(Exists(looked_after)).order_by("region_code", "search_name", "pk")
