"""Party organisations of the cast: a general branch, two grid branches with their members, and firms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.people.party import commands
from tests.cast import GRID, GRID_2, HERE, Cast

KINDS = Organisation.Kind
LONG_AGO = date(2015, 7, 1)
BASIS = "街党工委〔2026〕1 号"


@dataclass
class Party:
    """general: of community A; first, second: its grid branches; cards: ids by branch."""

    general: Organisation
    first: Organisation
    second: Organisation
    cards: dict[int, list[int]]


def members(
    cast: Cast, branch: Organisation, count: int, *, formal: int | None = None, starts: date = LONG_AGO
) -> list[int]:
    """So many members of a branch, all formal or so many of them."""
    rows = [
        {
            "name": f"党员{number}",
            "phone": f"138{branch.pk % 10000:04}{number:04}",
            "joined_on": date(2000, 7, 1),
            "formal_on": date(2001, 7, 1) if formal is None or number < formal else None,
            "starts": starts,
        }
        for number in range(count)
    ]
    return commands.enter_cards(cast.party_clerk, branch, rows=rows)


def made(cast: Cast, first: int = 8, second: int = 5) -> Party:
    clerk = cast.party_clerk
    general = commands.enter(
        clerk, name="北里党总支", kind=KINDS.GENERAL_BRANCH, region_code=HERE, parent=cast.organisations["committee"],
        founded_on=LONG_AGO, basis=BASIS,
    )  # fmt: skip
    branches = [
        commands.enter(
            clerk,
            name=name,
            kind=KINDS.GRID_BRANCH,
            region_code=region,
            parent=general,
            founded_on=LONG_AGO,
            basis=BASIS,
        )
        for name, region in (("北里一支部", GRID), ("北里二支部", GRID_2))
    ]
    cards = {one.pk: members(cast, one, count) for one, count in zip(branches, (first, second), strict=True)}
    return Party(general, branches[0], branches[1], cards)


def firm(cast: Cast, name: str = "甲厂", kind: str = KINDS.ENTERPRISE, region: str = GRID) -> Organisation:
    return organisations.enter(cast.secretary, name=name, kind=kind, region_code=region)


def done(client: Any, page: str, sent: dict[str, Any]) -> Any:
    """An act through its page: what it would do is shown and nothing is written; then it is confirmed."""
    shown = client.post(page, sent)
    assert (shown.status_code, "还没有办" in shown.content.decode()) == (200, True), shown.content.decode()[-3000:]
    return client.post(page, sent | {"sure": "1"})
