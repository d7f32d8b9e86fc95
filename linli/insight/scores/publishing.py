"""What a publication shows of a run: just enough of each unit for its form, and nothing that could be sorted into a ranking."""

from datetime import date
from typing import Any

from linli.insight.scores import queries
from linli.insight.scores.models import Publication, ScoreRun
from linli.insight.scores.rules import UnitScore, number_text

TRENDS = {"up": "上升", "down": "下降", "same": "持平", "new": "首次"}


def trends(run: ScoreRun, scores: tuple[UnitScore, ...]) -> dict[str, str]:
    """Each unit against the official run of the period before, by key."""
    earlier = queries.before(run, 1)
    if not earlier:
        return {one.unit.key: "new" for one in scores}
    then = {
        one.unit.key: one.total if one.scored else None
        for one in queries.corrected(earlier[0], queries.units(earlier[0])).scores
    }
    found = {}
    for one in scores:
        last = then.get(one.unit.key)
        found[one.unit.key] = (
            "new"
            if last is None or not one.scored
            else "same"
            if one.total == last
            else "up"
            if one.total > last
            else "down"
        )
    return found


def shown(run: ScoreRun, form: str) -> list[dict[str, Any]]:
    """The rows of a publication with the counter-entries of granted appeals. Tiers and trends stand in the order of names."""
    result, rule = queries.corrected(run, queries.units(run)), queries.rule_of(run)
    going = trends(run, result.scores)
    rows: list[dict[str, Any]] = []
    for one in result.scores:
        row: dict[str, Any] = {
            "key": one.unit.key,
            "name": one.unit.name,
            "group": one.group,
            "trend": going[one.unit.key],
        }
        if form != Publication.Form.TREND:
            row["tier"] = one.tier
        if form == Publication.Form.RANKS:
            row |= {"rank": one.rank, "total": number_text(one.total, rule.total.digits) if one.scored else "—"}
        rows.append(row)
    if form == Publication.Form.RANKS:
        return sorted(rows, key=lambda row: (row["group"], row["rank"] or 10**6, row["name"]))
    return sorted(rows, key=lambda row: (row["group"], row["name"]))


def ranks_are_shown(publication: Publication, today: date) -> bool:
    """A ranking is shown until the end of its basis; after that day tiers are left."""
    return publication.form == Publication.Form.RANKS and publication.until is not None and today <= publication.until


def visible_rows(publication: Publication, today: date) -> list[dict[str, Any]]:
    """The rows as they may be shown on this day."""
    if publication.form != Publication.Form.RANKS or ranks_are_shown(publication, today):
        return list(publication.results)
    rows = [{key: value for key, value in row.items() if key not in ("rank", "total")} for row in publication.results]
    return sorted(rows, key=lambda row: (row["group"], row["name"]))
