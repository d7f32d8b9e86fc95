"""Finding cases: by number, by telephone number, by words. Only what the actor may see is ever found."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.base.text import contains, search_terms
from linli.matters.cases.listing import COLUMNS
from linli.matters.cases.rules import clean_number
from linli.procedures import queries as procedures

FOUND_MOST = 50
# Candidates looked at for each hit that is shown: few hold all pairs of a phrase without holding the phrase.
LOOKED_AT = 2
TERMS_MOST = 40
QUERY_MOST = 100
_NUMBER = re.compile(r"[0-9A-Z]+-?\d{4}-\d+")
# What may be a number of another system: no spaces, and a digit somewhere.
_FOREIGN = re.compile(r"(?=.*\d)[!-~]{3,80}")


@dataclass(frozen=True, slots=True)
class Words:
    """What a search by words found. ids: latest first; short: the query has no two characters in a row to look up."""

    ids: tuple[int, ...] = ()
    short: bool = False


def by_words(actor: Actor, query: str, *, most: int = FOUND_MOST, only_open: bool = False) -> Words:
    """Cases whose words hold every run of the query; one statement. Ids only: lists go on from what the actor may see.

    Works at any size and for two-character words: an index of character pairs finds candidates inside the scope, and
    each is checked again.
    """
    terms = search_terms(query[:QUERY_MOST])[:TERMS_MOST]
    if not terms:
        return Words(short=bool(query.strip()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, words FROM linli_search_cases(%s, %s, %s)", [terms, LOOKED_AT * most, only_open])
        rows: list[tuple[int, str]] = cursor.fetchall()
    return Words(tuple(key for key, words in rows if contains(words, query[:QUERY_MOST]))[:most])


def by_number(actor: Actor, query: str) -> str:
    """The number of the case that was typed in full, or by its last digits, or by the number another system has for it.

    Empty when there is none.
    """
    cleaned = clean_number(query)
    rows = procedures.visible_to(actor).filter(kind="case")
    found = ""
    if _NUMBER.fullmatch(cleaned):
        found = rows.filter(number=cleaned).values_list("number", flat=True).first() or ""
    elif cleaned.isdigit() and 1 <= len(cleaned) <= 9 and query.strip().isascii():
        found = rows.filter(pk=int(cleaned)).values_list("number", flat=True).first() or ""
        found = found if found.endswith(cleaned) else ""
    if not found and _FOREIGN.fullmatch(query.strip()):
        foreign = rows.filter(case__foreign_number=query.strip()).order_by("-id")
        found = foreign.values_list("number", flat=True).first() or ""
    return found


def rows_of(actor: Actor, ids: tuple[int, ...]) -> list[dict[str, Any]]:
    """These cases as plain rows, latest first, as far as the actor may see them."""
    rows = procedures.visible_to(actor).filter(pk__in=ids, kind="case").order_by("-opened_at", "-id")
    return list(rows.values(*COLUMNS))
