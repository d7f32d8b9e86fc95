"""The eight sub-districts with their communities, grids, compounds and buildings, through the same imports as an office's own."""

import csv
import io
import json

from linli.base.actor import Actor
from linli.places.addresses import commands as addresses
from linli.places.addresses.demo import compounds
from linli.places.regions import commands as regions
from linli.places.regions.demo import Record, records


def load(actor: Actor) -> tuple[int, int]:
    """Write regions and compounds; returns how many of each."""
    drawn = [record for record in records() if record.polygon is not None]
    regions.import_sheet(actor, content=_sheet(records()), file_name="demo.csv")
    regions.import_geojson(actor, content=_boundaries(drawn), file_name="demo.geojson")
    written = addresses.add_compounds(actor, compounds=compounds())
    return len(records()), written


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
