"""Reading sites, construction sites and things. Sites are public; the others are seen where one works."""

from typing import Any

from django.db.models import Q, QuerySet

from linli.base.actor import Actor
from linli.base.files.queries import owner_rule
from linli.base.text import normalise
from linli.places.addresses.rules import in_reach
from linli.places.regions.queries import in_subtree, in_subtrees
from linli.places.sites.hours import Otherwise
from linli.places.sites.models import ConstructionSite, Placed, Site, Thing


def visible_to(actor: Actor) -> QuerySet[Site]:
    """All sites: they are kept open to everybody."""
    return Site.objects.all()


def constructions_visible_to(actor: Actor) -> QuerySet[ConstructionSite]:
    """Construction sites in the regions the actor answers for; nothing for anybody else."""
    rows = ConstructionSite.objects.all()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def things_visible_to(actor: Actor) -> QuerySet[Thing]:
    """Things in the regions the actor answers for; nothing for anybody else."""
    rows = Thing.objects.all()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def within(rows: "QuerySet[Any]", prefix: str) -> "QuerySet[Any]":
    """Rows in a region and everything below it; an empty prefix is the whole office."""
    return rows.filter(in_subtree(prefix, "region_code")) if prefix else rows


def search(rows: "QuerySet[Any]", words: str, *names: str) -> "QuerySet[Any]":
    """Rows of which one of the fields holds every part of the words."""
    for word in normalise(words).split():
        found = Q()
        for name in ("name", "address", *names):
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def exceptions_of(site: Site) -> list[Otherwise]:
    """As the rules read them."""
    return [
        Otherwise(row.starts, row.ends, tuple((one[0], one[1]) for one in row.spans), row.note)
        for row in site.exceptions.all()
    ]


def may_edit(actor: Actor, row: Placed, right: str = "sites.edit") -> bool:
    """Whether this actor keeps the register where the row lies."""
    return actor.may(right) and in_reach(actor.regions, row.region_code)


@owner_rule("site")
def _files_of_site(actor: Actor, owner_id: str) -> bool:
    """Sites are kept open to everybody, and so are their photos as long as the site is there; staff see later, too."""
    rows = visible_to(actor) if actor.may("sites.view") else visible_to(actor).filter(valid_to=None)
    return owner_id.isdigit() and rows.filter(pk=int(owner_id)).exists()


@owner_rule("construction")
def _files_of_construction(actor: Actor, owner_id: str) -> bool:
    rows = constructions_visible_to(actor)
    return actor.may("sites.view") and owner_id.isdigit() and rows.filter(pk=int(owner_id)).exists()


@owner_rule("thing")
def _files_of_thing(actor: Actor, owner_id: str) -> bool:
    return actor.may("sites.view") and owner_id.isdigit() and things_visible_to(actor).filter(pk=int(owner_id)).exists()
