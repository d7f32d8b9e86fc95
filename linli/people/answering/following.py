"""Whoever is named for a place goes with it: into another grid, and out of use."""

from collections.abc import Sequence

from django.db.models import Q

from linli.base.actor import Actor
from linli.base.commands import command, detail
from linli.people.answering.commands import Named, region_of, regions_of
from linli.people.answering.models import Charge


@command("answering.follow_places", right="answering.charge")
def follow_places(
    actor: Actor, *, compounds: Sequence[int] = (), buildings: Sequence[int] = (), constructions: Sequence[int] = ()
) -> int:
    """Whoever is named for these places belongs to the grid where they lie now, and for what is out of use nobody is named any
    more. Reads where they lie, so that it may be told late, twice or out of order. Returns how many charges changed.
    """
    there = Q(building__in=buildings) | Q(compound__in=compounds) | Q(construction__in=constructions)
    rows = list(Charge.objects.filter(there).select_related("building__compound", "compound", "construction"))
    known = regions_of([Named(row.role, building=row.building, unit_name=row.unit_name) for row in rows])
    changed = 0
    for row in rows:
        place = row.building or row.construction or row.compound
        assert place is not None
        at = Named(row.role, compound=row.compound, building=row.building, construction=row.construction)
        code, over = region_of(at, row.unit_name, known), place.valid_to
        if over is not None and (row.ends is None or row.ends > over):
            row.ends = max(over, row.starts)
        elif code == row.region_code:
            continue
        row.region_code = code
        row.save(update_fields=["region_code", "ends"])
        changed += 1
    detail(changed=changed)
    return changed
