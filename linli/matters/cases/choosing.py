"""What a combobox offers while somebody types: places, categories, organisations."""

import re
from dataclasses import dataclass

from linli.base import policies
from linli.base.actor import Actor
from linli.matters.cases import classifier
from linli.matters.cases.placing import Place, place
from linli.matters.cases.queries import category_map
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.queries import search, within
from linli.places.addresses.rules import searchable
from linli.places.regions import locating

OPTIONS_MOST = 10
# A suggestion less likely than this helps nobody.
WORTH_SAYING = 0.05
# The tail of what people type that names a building: 春光里小区3号楼, 春光里 12.
_DOOR = re.compile(r"^(.*?)\s*([0-9一二三四五六七八九十]{1,4}\s*(?:号楼|号院|号|楼|栋|幢)?)[^0-9]*$")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    note: str = ""


def places(actor: Actor, typed: str) -> list[Option]:
    """Buildings, compounds, communities and grids whose names hold what was typed; the actor's own street first."""
    typed = typed.strip()[:60]
    found: list[Option] = []
    for prefix in dict.fromkeys([*(code[:9] for code in actor.regions), ""]):
        found = _places_in(prefix, typed)
        if found or not typed:
            break
    return found[:OPTIONS_MOST]


def _places_in(prefix: str, typed: str) -> list[Option]:
    names = locating.index().names
    found: list[Option] = []
    if typed:
        homes = list(search(within(Compound.objects.all(), prefix), typed)[:OPTIONS_MOST])
        found += [Option(f"compound:{home.pk}", home.name, _community(home.region_code)) for home in homes]
        door = _DOOR.match(typed) if not homes else None
        if door and door[1].strip():
            found += _buildings(prefix, door[1].strip(), door[2])
        elif len(homes) == 1:
            found += [
                Option(f"building:{row.pk}", f"{homes[0].name}{row.name}", _community(homes[0].region_code))
                for row in Building.objects.filter(compound=homes[0], valid_to=None)[:OPTIONS_MOST]
            ]
    wanted = searchable(typed)
    regions = [
        (code, name)
        for code, name in names.items()
        if len(code) >= 12
        and code.startswith(prefix)
        and wanted in searchable(_community(code) if len(code) > 12 else name)
    ]
    regions.sort(key=lambda pair: (len(pair[0]), pair[0]))
    found += [
        Option(f"region:{code}", _community(code), "社区" if len(code) == 12 else "网格") for code, _name in regions
    ]
    return found


def _buildings(prefix: str, compound: str, number: str) -> list[Option]:
    """Buildings of the compounds named, whose name begins with the number typed."""
    homes = {home.pk: home for home in search(within(Compound.objects.all(), prefix), compound)[:3]}
    rows = Building.objects.filter(compound__in=homes, name__startswith=number.strip(), valid_to=None)
    rows = rows.order_by("compound", "order", "id")
    return [
        Option(
            f"building:{row.pk}",
            f"{homes[row.compound_id].name}{row.name}",
            _community(homes[row.compound_id].region_code),
        )
        for row in rows[:OPTIONS_MOST]
    ]


def _community(code: str) -> str:
    names = locating.index().names
    parts = [names[part] for part in (code[:12], code) if part in names]
    return " ".join(dict.fromkeys(parts)) or names.get(code[:9], code)


def read_place(value: str) -> dict[str, object]:
    """`building:3` -> the argument of the command that files a case. Nothing for what is no choice."""
    kind, _colon, key = value.partition(":")
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return {}
    if kind == "region":
        return {"region_code": key}
    return {f"{kind}_id": int(key)} if kind in ("compound", "building") else {}


def placed(value: str) -> Place | None:
    """The place behind a choice, None when it is no choice or no longer there."""
    from linli.base.commands import Refused

    given = read_place(value)
    try:
        return place(**given) if given else None  # type: ignore[arg-type]
    except Refused:
        return None


def categories(typed: str, letter: str) -> list[Option]:
    """Categories that hold what was typed; with nothing typed, what the words of the letter suggest comes first."""
    known = category_map()
    wanted = searchable(typed[:40])
    offered = int(policies.load("suggestion").data.get("offered", 3))
    guesses = [
        guess
        for guess in classifier.suggest(letter)[:offered]
        if guess.code in known and guess.confidence >= WORTH_SAYING
    ]
    found = [Option(guess.code, category_text(guess.code), f"建议，把握 {guess.confidence:.0%}") for guess in guesses]
    suggested = {option.value for option in found}
    for code, row in known.items():
        text = category_text(code)
        if (row["top"] != code or not has_children(code)) and code not in suggested and wanted in searchable(text):
            found.append(Option(code, text))
    if wanted:
        found = [option for option in found if wanted in searchable(option.text)]
    return found[: OPTIONS_MOST if wanted else 200]


def has_children(code: str) -> bool:
    return any(row["top"] == code and other != code for other, row in category_map().items())


def category_text(code: str) -> str:
    """`物业服务 / 电梯`."""
    row = category_map().get(code)
    if row is None:
        return ""
    return f"{row['top_name']} / {row['name']}" if "top_name" in row else str(row["name"])


_ABOUT = (
    Organisation.Kind.PROPERTY_FIRM,
    Organisation.Kind.COMMUNITY,
    Organisation.Kind.DEPARTMENT,
    Organisation.Kind.SUB_DISTRICT_OFFICE,
    Organisation.Kind.PARTNER_UNIT,
)


def units(actor: Actor, typed: str) -> list[Option]:
    """Organisations a case may be about, those of the actor's sub-district."""
    wanted = searchable(typed[:40])
    prefix = next((code[:9] for code in actor.regions), "")
    return [
        Option(str(listing.id), listing.name, str(Organisation.Kind(listing.kind).label))
        for listing in directory().within(prefix, *_ABOUT)
        if wanted in searchable(listing.name)
    ][:OPTIONS_MOST]
