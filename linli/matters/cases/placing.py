"""From what somebody said about the place to a region code: the building, the compound, the point, or the region chosen."""

from dataclasses import dataclass

from linli.base.commands import Refused
from linli.base.prepared import fetchone, objects
from linli.matters.cases import rules
from linli.places.addresses.models import Building, Compound
from linli.places.regions import locating


@dataclass(frozen=True, slots=True)
class Place:
    region_code: str
    text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    compound_id: int | None = None
    building_id: int | None = None


def place(
    *,
    region_code: str = "",
    compound_id: int | None = None,
    building_id: int | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Place:
    """Where it is, as exactly as can be told. Raises Refused beside the field that is wrong or missing."""
    if problem := rules.problem_of_point(longitude, latitude):
        raise Refused(problem, field="longitude")
    if building_id is not None or compound_id is not None:
        return _at_home(compound_id, building_id, longitude, latitude)
    if longitude is not None and latitude is not None:
        located = locating.locate(longitude, latitude)
        if located.code:
            return Place(located.code, "", longitude, latitude)
        if not region_code:
            raise Refused(located.reason or "这个点不在我们的辖区里。", field="longitude")
        return Place(_known(region_code), "", longitude, latitude)
    if region_code:
        return Place(_known(region_code))
    raise Refused("请告诉我们在哪里：选小区，或者在地图上点一下，或者选所在社区。", field="place")


def _at_home(
    compound_id: int | None, building_id: int | None, longitude: float | None, latitude: float | None
) -> Place:
    if building_id is not None:
        building = next(iter(objects(Building, "WHERE id = %s", [building_id])), None)
        if building is None or (compound_id is not None and building.compound_id != compound_id):
            raise Refused("没有找到这栋楼，请重新选。", field="building_id")
        (compound,) = objects(Compound, "WHERE id = %s", [building.compound_id])
        lon, lat, text = building.longitude, building.latitude, f"{compound.name}{building.name}"
    else:
        found = next(iter(objects(Compound, "WHERE id = %s", [compound_id])), None)
        if found is None:
            raise Refused("没有找到这个小区，请重新选。", field="compound_id")
        compound, lon, lat, text = found, found.longitude, found.latitude, found.name
    if longitude is not None and latitude is not None:
        lon, lat = longitude, latitude
    return Place(compound.region_code, text, lon, lat, compound.pk, building_id)


def _known(code: str) -> str:
    if len(code) < 9 or fetchone("SELECT 1 FROM regions_region WHERE code = %s AND valid_to IS NULL", [code]) is None:
        raise Refused("没有找到这个街道、社区或网格，请重新选。", field="region_code")
    return code
