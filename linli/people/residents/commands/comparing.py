"""Rows of a sheet against the register: who may be there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.base.crypto import index_columns
from linli.people.residents import rules
from linli.people.residents.commands.together import array
from linli.people.residents.models import Person

_SAME = """
WITH n AS (
  SELECT * FROM unnest(%(places)s::int[], %(names)s::bytea[], %(phones)s::bytea[], %(numbers)s::bytea[], %(homes)s::bigint[])
    AS n(place, name, phone, number, home)
)
SELECT n.place, min(p.id) FROM n JOIN residents_person p ON p.identity_index = n.number
WHERE p.merged_into_id IS NULL AND (%(all)s OR p.region_code ^@ ANY (%(regions)s::text[])) GROUP BY n.place
UNION ALL
SELECT n.place, min(p.id) FROM n JOIN residents_person p ON p.name_index = n.name
WHERE (p.phone_index = n.phone OR p.dwelling_id = n.home)
  AND p.merged_into_id IS NULL AND (%(all)s OR p.region_code ^@ ANY (%(regions)s::text[])) GROUP BY n.place
"""


def alike_many(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """index of a row -> somebody on the register who may be the same: by number, by name with telephone, or by name with dwelling.

    One query for any number of rows (and for each key in the ring); nothing is opened.
    """
    if not rows or not actor.may("residents.view"):
        return {}
    texts = {
        "names": ("name_index", [rules.clean_name(row.get("name") or "") for row in rows]),
        "phones": ("phone_index", [row.get("phone") or "" for row in rows]),
        "numbers": ("identity_index", [row.get("identity") or "" for row in rows]),
    }
    looked = {name: index_columns(Person, field, column) for name, (field, column) in texts.items()}
    asked: dict[str, Any] = {
        "places": array(range(len(rows))),
        "homes": array([row.get("dwelling") or None for row in rows]),
        "all": actor.everything,
        "regions": [region for region in actor.regions if region],
    }
    found: dict[int, int] = {}
    for names, phones, numbers in zip(looked["names"], looked["phones"], looked["numbers"], strict=True):
        with connection.cursor() as cursor:
            given = {"names": array(names), "phones": array(phones), "numbers": array(numbers)}
            cursor.execute(_SAME, asked | given)
            for place, key in cursor.fetchall():
                found.setdefault(place, key)
    return found
