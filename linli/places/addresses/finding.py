"""From an address as people write it to the compound, building or dwelling it means: one at a time while somebody types,
or a hundred thousand at once from a sheet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length, Replace

from linli.base.actor import Actor
from linli.places.addresses.models import Building, BuildingPart, Compound, Dwelling
from linli.places.addresses.parsing import Parsed, alike, fits, readings
from linli.places.regions.queries import in_subtree, in_subtrees

# Compounds looked into for one reading; further ones are too far from what was typed.
_COMPOUNDS = 12
# Shorter names stand by chance in what is typed.
_INSIDE_LEAST = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What an address may mean. kind: compound, building or dwelling; label: the address in full, as the register has it;
    guessed: no compound has the name that was typed, this one differs from it by a character.
    """

    kind: str
    id: int
    label: str
    region_code: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """What one address of a sheet means. problem: empty when the dwelling was found; else what stopped the search:
    compound, building, door (none such) or several (more than one fits). unit_name and room_name as they would be entered.
    """

    building_id: int | None = None
    dwelling_id: int | None = None
    unit_name: str = ""
    room_name: str = ""
    region_code: str = ""
    problem: str = ""


def find_addresses(actor: Actor, text: str, limit: int = 20, within: str = "") -> list[Found]:
    """What `text` may mean, the likeliest first and the actor's own regions before others; at most `limit`.

    Compounds and buildings are public; dwellings are those the actor may see. within: a region prefix. An address of
    which only the building is known gives the building; one of which nothing is known, nothing.
    """
    known: dict[str, list[Compound]] = {}
    ways = readings(text)
    if found := _best(actor, ways, known, limit, within):
        return found
    for name in dict.fromkeys(way.compound for way in ways if way.compound):
        known[name] = _alike(actor, name, within)
    return [replace(one, guessed=True) for one in _best(actor, ways, known, limit, within)]


def _best(
    actor: Actor, ways: Sequence[Parsed], known: dict[str, list[Compound]], limit: int, within: str
) -> list[Found]:
    """The first reading that finds all it names, else the one that finds most of it. known: compounds by name, as looked up."""
    best: list[Found] = []
    for way in ways:
        if way.compound and way.compound not in known:
            known[way.compound] = _compounds(actor, way.compound, within)
        found = _of_reading(actor, way, known.get(way.compound, []), limit, within)
        wanted = "dwelling" if way.room else "building" if way.building else "compound"
        if found and found[0].kind == wanted:
            return found
        # A building where a dwelling was asked for is worth more than a compound.
        if found and (not best or (best[0].kind == "compound" and found[0].kind != "compound")):
            best = found
    return best


def _of_reading(actor: Actor, reading: Parsed, compounds: list[Compound], limit: int, within: str) -> list[Found]:
    if reading.compound and not compounds:
        return []
    if reading.room and (rows := _dwellings(actor, reading, compounds, limit, within)):
        return [Found("dwelling", row.pk, str(row), row.region_code) for row in rows]
    if reading.building and (houses := _buildings(actor, reading, compounds, limit, within)):
        return [Found("building", one.pk, str(one), one.region_code) for one in houses]
    return [Found("compound", one.pk, one.name, one.region_code) for one in compounds[:limit]]


def _compounds(actor: Actor, name: str, within: str) -> list[Compound]:
    """Compounds of that name, of a longer name with it inside, or whose name stands inside what was typed; by any of
    their names."""
    rows: QuerySet[Compound] = Compound.objects.filter(valid_to=None).annotate(
        typed=Value(name), others=Replace(F("other_search"), Value(" "), Value("|"))
    )
    if within:
        rows = rows.filter(in_subtree(within, "region_code"))
    # Searchable names hold letters, digits and marks only: joined by bars they are an expression of their alternatives.
    called = Q(other_search__contains=name) | (Q(typed__regex=F("others")) & ~Q(other_search=""))
    rows = rows.filter(Q(search_name__contains=name) | Q(typed__contains=F("search_name")) | called)
    near = Case(
        When(Q(search_name=name) | Q(other_search__regex=rf"(^| ){name}( |$)"), then=0),
        When(search_name__startswith=name, then=1),
        When(typed__endswith=F("search_name"), then=2),
        default=3,
        output_field=IntegerField(),
    )
    own = Case(When(_mine(actor), then=0), default=1, output_field=IntegerField())
    found = rows.annotate(near=near, own=own).order_by("near", "own", Length("search_name"), "id")[:_COMPOUNDS]
    return [row for row in found if any(fits(one, name) for one in (row.search_name, *row.other_search.split()))]


def _alike(actor: Actor, name: str, within: str) -> list[Compound]:
    """Compounds with a name that differs by one character from what was typed, or from its end, or that stands in it among words
    nobody understood; one's own first."""
    rows = Compound.objects.filter(valid_to=None)
    if within:
        rows = rows.filter(in_subtree(within, "region_code"))
    keys = [
        key
        for key, own, others in rows.values_list("pk", "search_name", "other_search")
        if any(alike(one, name) or (len(one) >= _INSIDE_LEAST and one in name) for one in (own, *others.split()))
    ]
    own = Case(When(_mine(actor), then=0), default=1, output_field=IntegerField())
    return list(Compound.objects.filter(pk__in=keys).annotate(own=own).order_by("own", "id")[:_COMPOUNDS])


def _mine(actor: Actor) -> Q:
    return in_subtrees([region[:9] for region in actor.regions], "region_code")


def _buildings(actor: Actor, reading: Parsed, compounds: list[Compound], limit: int, within: str) -> list[Building]:
    rows = Building.objects.filter(key=reading.building, valid_to=None).select_related("compound")
    if compounds:
        return _sorted(rows.filter(compound__in=compounds)[: limit * 4], compounds)[:limit]
    # A number alone means the buildings here, not those of the whole country.
    prefixes = [within] if within else list(actor.regions)
    return list(rows.filter(in_subtrees(prefixes, "region_code")).order_by("region_code", "order", "id")[:limit])


def _sorted(rows: Iterable[Building], compounds: list[Compound]) -> list[Building]:
    rank = {row.pk: place for place, row in enumerate(compounds)}
    return sorted(rows, key=lambda row: (rank[row.compound_id], row.order, row.pk))


def _dwellings(actor: Actor, reading: Parsed, compounds: list[Compound], limit: int, within: str) -> list[Dwelling]:
    rows = Dwelling.objects.filter(room_name=reading.room, valid_to=None).select_related("building__compound")
    if not actor.everything:
        rows = rows.filter(in_subtrees(actor.regions, "region_code"))
    if within:
        rows = rows.filter(in_subtree(within, "region_code"))
    if reading.unit:
        rows = rows.filter(unit_name=reading.unit)
    if reading.building:
        rows = rows.filter(building__key=reading.building)
    if not compounds:
        return list(rows.order_by("region_code", "building", "unit_name")[:limit]) if reading.building else []
    found = list(rows.filter(building__compound__in=compounds)[: limit * 4])
    rank = {row.pk: place for place, row in enumerate(compounds)}
    found.sort(key=lambda row: (rank[row.building.compound_id], row.building.order, row.unit_name, row.pk))
    return found[:limit]


def search_dwellings(actor: Actor, rows: QuerySet[Dwelling], text: str, within: str = "") -> QuerySet[Dwelling]:
    """Those of `rows` that an address means: a compound, a building, a unit or a door. No text: all in `within`."""
    if within:
        rows = rows.filter(in_subtree(within, "region_code"))
    if not text.strip():
        return rows
    found = rows.none()
    for reading in readings(text):
        compounds = _compounds(actor, reading.compound, "") if reading.compound else []
        if reading.compound and not compounds:
            continue
        found = rows.filter(**_wanted(reading))
        if compounds:
            # The compound that is named, and not those that only hold its name as a part.
            same = [row.pk for row in compounds if reading.compound in (row.search_name, *row.other_search.split())]
            found = found.filter(building__compound__in=same or [row.pk for row in compounds])
        if found.exists():
            return found
    return found


def _wanted(reading: Parsed) -> dict[str, str]:
    named = {"building__key": reading.building, "unit_name": reading.unit, "room_name": reading.room}
    return {name: value for name, value in named.items() if value}


def dwelling_of(text: str, region_prefix: str) -> Dwelling | None:
    """The one dwelling in use that an address means, among those this transaction may see; None when none or several."""
    match = match_addresses([text], region_prefix)[0]
    if match.dwelling_id is None:
        return None
    return Dwelling.objects.select_related("building__compound").get(pk=match.dwelling_id)


def match_addresses(texts: Sequence[str], region_prefix: str) -> list[Match]:
    """What each address means, in the order given, in three statements whatever their number.

    region_prefix: where to look (a community or a sub-district; empty is everywhere). Only dwellings that this
    transaction may see are found.
    """
    places = Places(region_prefix)
    known: dict[str, Match] = {}
    for text in texts:
        if text not in known:
            known[text] = places.match(text)
    return [known[text] for text in texts]


class Places:
    """Everything in one region, read once: for the many addresses of a sheet."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._named: dict[str, list[int]] = {}
        self._read: dict[str, list[Parsed]] = {}

    @cached_property
    def _compounds(self) -> list[tuple[int, str]]:
        """(key, name), once for each name of a compound."""
        rows = Compound.objects.filter(valid_to=None)
        if self._prefix:
            rows = rows.filter(in_subtree(self._prefix[:9], "region_code"))
        found = rows.values_list("pk", "search_name", "other_search")
        return [(key, name) for key, own, others in found for name in (own, *others.split())]

    @cached_property
    def _houses(self) -> list[tuple[int, int, str, str]]:
        rows = Building.objects.filter(valid_to=None)
        if self._prefix:
            rows = rows.filter(in_subtree(self._prefix[:9], "compound__region_code"))
        return list(rows.values_list("pk", "compound_id", "key", "region_code"))

    @cached_property
    def _buildings(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = defaultdict(list)
        for key, compound, name, _grid in self._houses:
            found[compound, name].append(key)
        return dict(found)

    @cached_property
    def _grids(self) -> dict[int, str]:
        return {key: grid for key, _compound, _name, grid in self._houses}

    @cached_property
    def _units(self) -> dict[tuple[int, str], str]:
        rows = BuildingPart.objects.filter(building__in=list(self._grids))
        return {(one, unit): grid for one, unit, grid in rows.values_list("building_id", "unit_name", "region_code")}

    @cached_property
    def _doors(self) -> dict[tuple[int, str], list[tuple[str, int, str]]]:
        """(building, room) -> (unit, dwelling, grid)."""
        found: dict[tuple[int, str], list[tuple[str, int, str]]] = defaultdict(list)
        rows = Dwelling.objects.filter(valid_to=None)
        if self._prefix:
            rows = rows.filter(in_subtree(self._prefix, "region_code"))
        for building, room, unit, key, grid in rows.values_list(
            "building_id", "room_name", "unit_name", "pk", "region_code"
        ):
            found[building, room].append((unit, key, grid))
        return dict(found)

    def match(self, text: str) -> Match:
        return self._best(readings(text))

    def match_parts(self, place: str, unit: str, room: str) -> Match:
        """As `match`, where unit and room are told apart: 春光里小区 3号楼, 2, 501, both in the spelling of the register."""
        if place not in self._read:  # hundreds of doors stand behind one
            self._read[place] = [one for one in readings(place) if one.building and not one.room]
        return self._best(replace(one, unit=unit, room=room) for one in self._read[place])

    def grid_of(self, match: Match) -> str:
        """The grid in which a match with a building lies: that of its dwelling, else of its unit, else of the building."""
        assert match.building_id is not None
        unit = self._units.get((match.building_id, match.unit_name))
        return match.region_code or unit or self._grids[match.building_id]

    def _best(self, found: Iterable[Parsed]) -> Match:
        best = Match(problem="compound")
        rank = ("", "several", "door", "building", "compound")
        for reading in found:
            match = self._of_reading(reading)
            if rank.index(match.problem) < rank.index(best.problem):
                best = match
            if not best.problem:
                break
        return best

    def _of_reading(self, reading: Parsed) -> Match:
        compounds = self._called(reading.compound)
        if not compounds:
            return Match(problem="compound")
        houses = [key for one in compounds for key in self._buildings.get((one, reading.building), [])]
        if not houses:
            return Match(problem="building")
        if not reading.room:
            only = houses[0] if len(houses) == 1 else None
            return Match(building_id=only, problem="door" if only else "several")
        doors = [
            (house, unit, key, grid)
            for house in houses
            for unit, key, grid in self._doors.get((house, reading.room), [])
            if not reading.unit or unit == reading.unit
        ]
        if len(doors) == 1:
            house, unit, key, grid = doors[0]
            return Match(house, key, unit, reading.room, grid)
        if len(doors) > 1 or len(houses) > 1:
            return Match(unit_name=reading.unit, room_name=reading.room, problem="several")
        return Match(houses[0], None, reading.unit, reading.room, "", "door")

    def _called(self, name: str) -> list[int]:
        """The compounds an address names: exactly, else the longest that stands in it, else those that hold it."""
        if not name:
            return []
        if name not in self._named:
            same = [key for key, own in self._compounds if own == name]
            inside = [(len(own), key) for key, own in self._compounds if own in name and fits(own, name)]
            longest = max(inside, default=(0, 0))[0]
            around = [key for key, own in self._compounds if name in own]
            self._named[name] = list(dict.fromkeys(same or [key for size, key in inside if size == longest] or around))
        return self._named[name]
