"""The eight sub-districts with their communities, grids, compounds and buildings, through the same imports as an office's own."""

import csv
import io
import json
from collections.abc import Iterable

from django.utils.timezone import localdate

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.facts.noting import Given
from linli.places.addresses import commands as addresses
from linli.places.addresses.demo import INVENTED, compounds
from linli.places.addresses.demo_dwellings import dwellings
from linli.places.addresses.models import Building, Compound
from linli.places.regions import commands as regions
from linli.places.regions.demo import Record, records
from linli.places.sites import commands as sites
from linli.places.sites import demo as around

# Dwellings are entered for the first communities of the focus sub-district: enough to look at, and quickly loaded.
FOCUS, FURNISHED = "110106009", 3


def load(actor: Actor) -> tuple[int, int]:
    """Write regions and compounds; returns how many of each."""
    drawn = [record for record in records() if record.polygon is not None]
    regions.import_sheet(actor, content=_sheet(records()), file_name="demo.csv")
    regions.import_geojson(actor, content=_boundaries(drawn), file_name="demo.geojson")
    given = Given(source=INVENTED, verified_by=INVENTED)
    written = addresses.add_compounds(actor, compounds=compounds(), given=given)
    _furnish(actor, given)
    return len(records()), written


def _furnish(actor: Actor, given: Given) -> None:
    """Dwellings, sites, things and construction sites."""
    communities = {record.code: record.short_name for record in records() if len(record.code) == 12}
    furnished = sorted(code for code in communities if code.startswith(FOCUS))[:FURNISHED]
    rows = list(Compound.objects.order_by("region_code", "id"))
    mine = [row for row in rows if row.region_code[:12] in furnished]
    buildings = Building.objects.filter(compound__in=mine).select_related("compound").order_by("region_code", "id")
    addresses.enter_dwellings(actor, dwellings=dwellings(buildings), given=given)
    _across(actor, buildings, given)
    opened = around.sites(rows, communities)
    named = {one[0] for one in around.FROM_TEXTS.values()}
    sites.open_sites(actor, sites=[one for one in opened if one.name not in named], given=given)
    told = Given(source=around.NAMED, verified_by=INVENTED)
    sites.open_sites(actor, sites=[one for one in opened if one.name in named], given=told)
    sites.enter_things(actor, things=around.things(mine), given=given)
    street = [row for row in rows if row.region_code.startswith(FOCUS)]
    sites.open_constructions(actor, constructions=around.constructions(street[::18], localdate(now())), given=given)


def _across(actor: Actor, buildings: Iterable[Building], given: Given) -> None:
    """One building whose second unit lies in the next grid of its community."""
    building = next(row for row in buildings if row.dwellings.filter(unit_name="2").exists())
    grids = [
        record.code
        for record in records()
        if record.code.startswith(building.region_code[:12]) and len(record.code) == 15
    ]
    other = next(code for code in grids if code != building.region_code)
    addresses.set_grids(actor, building, grid=building.region_code, units={"2": other}, given=given)


def _sheet(rows: list[Record]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["代码", "名称", "简称", "户数", "来源"])
    writer.writerows([row.code, row.name, row.short_name, row.households or "", row.source] for row in rows)
    return text.getvalue().encode()


def _boundaries(rows: list[Record]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.code, "name": row.name, "short_name": row.short_name},
            "geometry": row.polygon,
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
