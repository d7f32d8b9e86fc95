"""The first page of a list, which is what most people ask for: its statement is made once for an actor and a choice.

Making it costs more than running it. What was chosen is a small set of codes and days; free words are not kept.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from linli.base.actor import Actor
from linli.matters.cases import listing
from linli.people.organisations.queries import directory
from linli.procedures.paging import PAGE_SIZE, Page, cut, first_rows

Chosen = tuple[tuple[str, Any], ...]


def first_page(
    actor: Actor, tab: listing.Tab, chosen: Mapping[str, Any], now: datetime, *, sort: str = "", size: int = PAGE_SIZE
) -> Page:
    """The same page as `listing.page` gives without a cursor. `chosen` is cleaned and holds neither words nor ids."""
    own = directory().by_id.get(actor.organisation_id or 0)
    kept = tuple(sorted((name, value) for name, value in chosen.items() if value))
    sql, params = _made(actor, tab.code, own.region_code if own else "", kept, sort, size)
    if not sql:
        return Page([])
    moments = listing.moments_of(now)
    with connection.cursor() as cursor:
        cursor.execute(sql, [moments.get(value, value) if isinstance(value, datetime) else value for value in params])
        rows = [dict(zip(listing.COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    return cut(rows, listing.order_of(tab, sort), size)


@lru_cache(maxsize=2000)
def _made(actor: Actor, code: str, _region: str, chosen: Chosen, sort: str, size: int) -> tuple[str, tuple[Any, ...]]:
    """(statement, parameters); no statement where nothing can be found."""
    tab = listing.TABS[code]
    rows = listing.filtered(listing.cases(actor, tab, listing.MARKED_NOW), dict(chosen), listing.MARKED_NOW)
    wanted = first_rows(rows, listing.COLUMNS, listing.order_of(tab, sort), size)
    try:
        sql, params = wanted.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(params)
