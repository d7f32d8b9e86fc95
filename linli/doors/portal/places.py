"""Finding the place by typing, or by choosing from lists. Compounds, buildings and regions are public facts."""

from dataclasses import dataclass

from linli.base.text import normalise
from linli.places.addresses import queries as addresses
from linli.places.addresses.models import Building, Compound
from linli.places.regions import queries as regions
from linli.places.regions.models import Region
from linli.places.regions.rules import Level

COMPOUNDS_SHOWN, REGIONS_SHOWN = 10, 4


@dataclass(frozen=True, slots=True)
class Found:
    """One place to choose. value: `c:<id>` of a compound or `r:<code>` of a region; where: the names above it."""

    value: str
    name: str
    where: str
    sub_district: str


def search(words: str) -> list[Found]:
    """Compounds and communities whose names hold every part of the words."""
    words = words.strip()[:60]
    if not normalise(words):
        return []
    compounds = list(addresses.search(Compound.objects.all(), words)[:COMPOUNDS_SHOWN])
    rows = regions.current(Region.objects.filter(level__in=(Level.SUB_DISTRICT, Level.COMMUNITY)))
    areas = list(regions.search(rows, words).defer("polygon").order_by("-level", "code")[:REGIONS_SHOWN])
    names = _names([row.region_code for row in compounds] + [row.code for row in areas])
    return [
        *(Found(f"c:{row.pk}", row.name, _where(row.region_code, names), row.region_code[:9]) for row in compounds),
        *(Found(f"r:{row.code}", row.name, _where(row.code[:-1], names), row.code[:9]) for row in areas),
    ]


def chosen(value: str) -> Found | None:
    """The place behind a value that came with a form; None when there is no such place."""
    kind, _colon, key = value.partition(":")
    if kind == "c" and key.isascii() and key.isdigit() and len(key) < 18:
        compound = Compound.objects.filter(pk=int(key)).first()
        if compound is not None:
            names = _names([compound.region_code])
            return Found(value, compound.name, _where(compound.region_code, names), compound.region_code[:9])
    if kind == "r" and key.isascii() and key.isdigit():
        region = regions.current(Region.objects.filter(code=key)).defer("polygon").first()
        if region is not None:
            return Found(value, region.name, _where(key[:-1], _names([key])), key[:9])
    return None


def buildings(value: str) -> list[Building]:
    """The buildings of a chosen compound; none for a region."""
    kind, _colon, key = value.partition(":")
    return (
        list(addresses.buildings(int(key))[:400])
        if kind == "c" and key.isascii() and key.isdigit() and len(key) < 18
        else []
    )


def sub_districts() -> list[Region]:
    """Every sub-district in use, in code order."""
    return list(regions.current(Region.objects.filter(level=Level.SUB_DISTRICT)).defer("polygon").order_by("code"))


def community_choices() -> list[tuple[str, object]]:
    """Choices of a select: communities under the name of their sub-district."""
    rows = regions.current(Region.objects.filter(level__in=(Level.SUB_DISTRICT, Level.COMMUNITY)))
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for code, level, name in rows.order_by("code").values_list("code", "level", "name"):
        if level == Level.SUB_DISTRICT:
            groups[code] = (name, [(code, f"{name}（不知道哪个社区）")])
        elif code[:9] in groups:
            groups[code[:9]][1].append((code, name))
    return [("", "请选择"), *groups.values()]


def _names(codes: list[str]) -> dict[str, str]:
    wanted = {code[:length] for code in codes for length in (6, 9, 12)}
    return dict(Region.objects.filter(code__in=wanted).values_list("code", "name"))


def _where(code: str, names: dict[str, str]) -> str:
    found = [names.get(code[:length], "") for length in (12, 9, 6) if len(code) >= length]
    return " · ".join(name for name in found if name)
