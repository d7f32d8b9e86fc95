"""Who answers for this door: found from any building, with the contact this viewer may see; named, ended, opened; gaps."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands import Refused, outbox
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.facts.noting import Given
from linli.base.scope import enter, scope
from linli.people.answering import commands, queries
from linli.people.answering.models import Charge
from linli.people.answering.queries import Answer, Place
from linli.people.organisations import commands as organisations
from linli.people.party import commands as party
from linli.places.addresses import commands as addresses
from linli.places.addresses.models import Building
from tests.cast import GRID, GRID_2, HERE, Cast
from tests.people.party.stories import BASIS, KINDS, made

TODAY = date(2026, 11, 22)


def building(cast: Cast) -> Building:
    assert cast.building
    Building.objects.filter(pk=cast.building.pk).update(region_code=GRID)
    return Building.objects.select_related("compound").get(pk=cast.building.pk)


def head(cast: Cast, **more: Any) -> Charge:
    values = {
        "role": "building_head",
        "building": building(cast),
        "name": "申大妈",
        "phone": "13800002222",
        "basis": "推选",
    }
    return commands.charge(cast.secretary, **values | more)


def told(cast: Cast, who: str = "secretary", unit: str = "", **more: Any) -> dict[str, Answer]:
    place = queries.place_of(building(cast), unit)
    return {one.code: one for one in queries.answers(getattr(cast, who), place, TODAY, **more)}


def test_everybody_is_found_from_the_door(cast: Cast) -> None:
    branches = made(cast)
    party.found(
        cast.party_clerk, name="3号楼党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=branches.first,
        on=date(2026, 1, 1), buildings=[building(cast).pk], basis=BASIS,
    )  # fmt: skip
    firm = cast.organisations["property"]
    assert cast.compound
    organisations.serve(cast.secretary, firm, compound=cast.compound, starts=date(2024, 1, 1))
    organisations.rename(cast.sysadmin, firm, name=firm.name, service_phone="010-60001111")
    organisations.enter(
        cast.secretary, name="春光里业委会", kind=KINDS.OWNERS_COMMITTEE, region_code=GRID, compound=cast.compound
    )
    head(cast)
    commands.charge(cast.secretary, role="official", compound=cast.compound, post=cast.posts["leader"])
    commands.charge(
        cast.secretary, role="volunteer", region_code=GRID, name="申志愿", organisation=cast.organisations["partner"]
    )
    found = told(cast)
    assert {code: [one.label for one in answer.holders] for code, answer in found.items()} == {
        "community_party": ["北里党总支"],
        "community": ["北大街北里社区居委会"],
        "grid_branch": ["北里一支部"],
        "party_group": ["3号楼党小组"],
        "grid_worker": ["戈格"],
        "building_head": ["申**"],
        "volunteer": ["申**"],
        "property_firm": ["安居物业服务公司"],
        "owners_committee": ["春光里业委会"],
        "official": ["凌主任"],
    }
    assert found["property_firm"].holders[0].phone == "010-60001111", "a service number stands in clear"
    assert found["building_head"].holders[0].masked == "申** 138****2222"


def test_residents_see_only_what_is_public(cast: Cast) -> None:
    head(cast)
    found = told(cast, "nobody", public=True)
    assert set(found) == {"community_party", "community", "grid_worker", "property_firm", "owners_committee"}
    assert [one.label for one in found["grid_worker"].holders] == ["戈格"]
    assert all(not one.masked and one.charge is None for answer in found.values() for one in answer.holders)


def test_the_neighbour_meets_no_named_person(cast: Cast) -> None:
    row = head(cast)
    assert told(cast, "neighbour")["building_head"].holders == []
    assert told(cast, "sysadmin")["building_head"].holders == []
    assert not queries.visible_to(cast.neighbour).exists()
    for who in ("neighbour", "clerk", "nobody"):
        with scope(getattr(cast, who)):
            assert Charge.objects.count() == 0, who
    with pytest.raises(Refused, match="工作范围"):
        commands.reveal(cast.neighbour, row, purpose="affair")
    assert ReadRow.objects.count() == 0


def test_a_unit_in_another_grid_has_another_grid_worker(cast: Cast) -> None:
    row = building(cast)
    row.parts.create(unit_name="2", region_code=GRID_2)
    assert [one.label for one in told(cast)["grid_worker"].holders] == ["戈格"]
    assert [one.label for one in told(cast, unit="2")["grid_worker"].holders] == ["戈二"]


def test_heads_of_units_stand_with_their_unit(cast: Cast) -> None:
    head(cast, unit_name="1单元", name="甲")
    head(cast, unit_name="2单元", name="乙")
    head(cast, name="丙")
    assert len(told(cast)["building_head"].holders) == 3
    assert [one.note for one in told(cast, unit="2")["building_head"].holders] == ["2单元", ""]


def deliver() -> None:
    """What the worker does after commit."""
    enter(system("relay"))
    while outbox.relay():
        pass


def test_a_grid_worker_sees_who_is_named_for_the_community_above(cast: Cast) -> None:
    commands.charge(cast.secretary, role="volunteer", region_code=HERE, name="申志愿", phone="13800003333")
    for who in ("secretary", "grid_worker", "grid_worker_2"):
        with scope(getattr(cast, who)):
            found = told(cast, who, unit="" if who != "grid_worker_2" else "2")
        wanted = who != "grid_worker_2"
        assert [one.masked for one in found["volunteer"].holders] == (["申** 138****3333"] if wanted else []), who
        assert found["volunteer"].kept is not wanted, who
    with scope(cast.grid_worker):
        [one] = told(cast, "grid_worker")["volunteer"].holders
    assert one.charge is None, "the number is opened by whoever works for the community"


def test_a_unit_in_another_grid_keeps_the_head_of_its_building(cast: Cast) -> None:
    head(cast)
    row = building(cast)
    row.parts.create(unit_name="2", region_code=GRID_2)
    with scope(cast.grid_worker_2):
        found = told(cast, "grid_worker_2", unit="2")
    assert [(one.label, one.charge) for one in found["building_head"].holders] == [("申**", None)]
    page = cast.client("grid_worker_2").get(f"/door/{row.pk}/?unit=2").content.decode()
    assert "申**" in page and "2单元" in page and "/reveal/" not in page
    page = cast.client("grid_worker_2").get(f"/door/{row.pk}/").content.decode()
    assert "在那里工作的人才看得到" in page and "这栋楼跨网格：2单元" in page and "申**" not in page


def test_residents_of_a_unit_in_another_grid_find_their_own_grid_worker(cast: Cast) -> None:
    row = building(cast)
    row.parts.create(unit_name="2", region_code=GRID_2)
    client = cast.client()
    whole, unit = (client.get(f"/who/building/{row.pk}/{more}").content.decode() for more in ("", "?unit=2"))
    assert "戈格" in whole and "戈二" not in whole and "2单元" in whole
    assert "戈二" in unit and "戈格" not in unit
    assert "戈格" in client.get(f"/who/building/{row.pk}/?unit=99").content.decode()


def test_who_is_named_goes_with_the_place_into_another_grid(cast: Cast) -> None:
    """Or the old grid would keep the names and numbers, and the new one find nobody."""
    row = building(cast)
    one, unit = head(cast), head(cast, unit_name="2单元", name="申二嫂")
    addresses.set_grids(cast.secretary, row, grid=GRID_2, units={"2": GRID}, given=Given())
    deliver()
    assert Charge.objects.get(pk=one.pk).region_code == GRID_2
    assert Charge.objects.get(pk=unit.pk).region_code == GRID
    with scope(cast.grid_worker):
        assert [each.pk for each in queries.visible_to(cast.grid_worker)] == [unit.pk]


def test_who_is_named_for_what_is_out_of_use_is_over(cast: Cast) -> None:
    row, one = building(cast), head(cast)
    addresses.close_building(cast.secretary, row, basis="拆除")
    deliver()
    assert Charge.objects.get(pk=one.pk).ends == TODAY
    deliver()
    assert Charge.objects.get(pk=one.pk).ends == TODAY


def test_who_answered_before_the_building_moved(cast: Cast) -> None:
    row = building(cast)
    given = Given(as_of=date(2026, 10, 1))
    addresses.set_grids(cast.secretary, row, grid=GRID_2, units={"1": GRID}, given=given)
    assert [queries.place_of(row, unit).region_code for unit in ("", "1")] == [GRID_2, GRID]
    before = [queries.place_of(row, unit, date(2026, 9, 30)).region_code for unit in ("", "1")]
    assert before == [GRID, GRID]
    assert queries.place_of(row, "", date(2026, 10, 1)).region_code == GRID_2
    page = cast.client("secretary").get(f"/door/{row.pk}/?on=2026-09-30").content.decode()
    assert "第一网格" in page and "第二网格" not in page
    page = cast.client("secretary").get(f"/addresses/buildings/{row.pk}/").content.decode()
    assert "第二网格" in page and GRID_2 not in page, "names, not codes"


def test_a_number_is_opened_for_a_purpose(cast: Cast) -> None:
    row = head(cast, starts=date(2025, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM answering_charge c")
        assert "13800002222" not in cursor.fetchone()[0]
    with pytest.raises(Refused, match="用途"):
        commands.reveal(cast.grid_worker, row, purpose="")
    with pytest.raises(Refused, match="没有办理"):
        commands.reveal(cast.manager, row, purpose="affair")
    assert commands.reveal(cast.grid_worker, row, purpose="visit") == {"name": "申大妈", "phone": "13800002222"}
    assert ReadRow.objects.get().subject_id == str(row.pk)
    staff = commands.charge(cast.secretary, role="official", compound=cast.compound, post=cast.posts["leader"])
    with pytest.raises(Refused, match="服务电话"):
        commands.reveal(cast.grid_worker, staff, purpose="visit")
    commands.discharge(cast.secretary, row, ends=date(2026, 1, 1))
    assert told(cast)["building_head"].holders == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "grid_worker"}, "role"),
        ({"role": "nothing"}, "role"),
        ({"building": None, "region_code": HERE}, "role"),
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"role": "official", "name": "某"}, "post"),
        ({"starts": date(2999, 1, 1)}, "on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast: Cast, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        head(cast, **change)
    assert refused.value.field == field
    assert not Charge.objects.exists()


def test_nobody_is_named_elsewhere_or_twice(cast: Cast) -> None:
    with pytest.raises(Refused, match="工作范围"):
        commands.charge(cast.neighbour, role="building_head", building=building(cast), name="某")
    values: dict[str, Any] = {"role": "official", "compound": cast.compound, "post": cast.posts["leader"]}
    first = commands.charge(cast.secretary, **values)
    with pytest.raises(Refused, match="已经指派过"):
        commands.charge(cast.secretary, **values)
    commands.discharge(cast.secretary, first)
    with pytest.raises(Refused, match="已经结束"):
        commands.discharge(cast.secretary, first)
    commands.charge(cast.secretary, **values)
    Building.objects.update(valid_to=TODAY)
    with pytest.raises(Refused, match="停用"):
        head(cast)


def test_many_are_named_at_once_or_none(cast: Cast) -> None:
    row = building(cast)
    sheet: list[dict[str, Any]] = [
        {"role": "building_head", "building": row.pk, "name": "申大妈", "phone": "13800002222"},
        {"role": "official", "compound": row.compound_id, "post": cast.posts["leader"].pk},
        {"role": "volunteer", "region_code": GRID, "name": "申志愿"},
    ]
    made_now = commands.charge_many(cast.secretary, sheet)
    assert [one.role for one in Charge.objects.filter(pk__in=made_now).order_by("pk")] == [
        "building_head", "official", "volunteer",
    ]  # fmt: skip
    assert AuditRow.objects.get(command="answering.charge_many").detail == {"count": 3}
    for change, words in (({"name": ""}, "二者选一"), ({"role": "community"}, "角色"), ({"phone": "1"}, "手机号")):
        with pytest.raises(Refused, match="第 2 行") as refused:
            commands.charge_many(cast.secretary, [sheet[2], sheet[0] | change])
        assert words in refused.value.message
    assert Charge.objects.count() == 3


def names(cast: Cast, code: str, who: str = "secretary") -> list[str]:
    return [str(row) for row in queries.gaps(getattr(cast, who), code, TODAY)]


def test_gaps_close_one_by_one(cast: Cast) -> None:
    row = building(cast)
    assert names(cast, "building_head") == [str(row)]
    assert names(cast, "grid_branch") == [str(row)]
    assert names(cast, "grid_worker") == []
    assert names(cast, "property_firm") == names(cast, "official") == ["春光里小区"]
    assert names(cast, "building_head", "neighbour") == []
    head(cast)
    made(cast)
    organisations.serve(cast.secretary, cast.organisations["property"], compound=row.compound, starts=date(2024, 1, 1))
    commands.charge(cast.secretary, role="official", region_code=GRID, post=cast.posts["leader"])
    assert all(names(cast, code) == [] for code in ("building_head", "grid_branch", "property_firm", "official"))


def test_the_pages(cast: Cast) -> None:
    row, client = building(cast), cast.client("secretary")
    Building.objects.update(key="3")
    head(cast)
    answer = client.get("/door/?q=春光里小区3号楼")
    assert answer.status_code == 302
    assert answer["Location"] == f"/door/{row.pk}/"
    typing = client.get("/door/?q=春光里小区3号楼", headers={"HX-Request": "true"})
    assert typing.status_code == 200 and f'href="/door/{row.pk}/"' in typing.content.decode()
    assert "没有找到" in client.get("/door/?q=没有的地方9号楼").content.decode()
    text = client.get(f"/door/{row.pk}/").content.decode()
    assert "戈格" in text
    assert "138****2222" in text
    assert "13800002222" not in text
    key = Charge.objects.get().pk
    shown = client.post(f"/door/charges/{key}/reveal/", {"purpose": "affair"})
    assert "13800002222" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    sent = {"role": "building_head", "name": "", "post": ""}
    assert client.post(f"/door/{row.pk}/charge/", sent).status_code == 422
    assert client.post(f"/door/{row.pk}/charge/", sent | {"name": "丙"}).status_code == 302
    assert "申**" in client.get("/door/charges/?role=building_head").content.decode()
    assert "138" not in client.get("/door/charges/export.csv").content.decode("utf-8-sig")
    assert client.get("/door/gaps/").status_code == 200
    assert "没有符合条件" in client.get("/door/gaps/official/?q=没有").content.decode()
    assert client.get("/door/gaps/community/").status_code == 404
    for path in (f"/door/of/building/{row.pk}/", f"/door/of/compound/{row.compound_id}/"):
        assert "戈格" in client.get(path).content.decode()
    neighbour = cast.client("neighbour")
    assert "138****2222" not in neighbour.get(f"/door/{row.pk}/").content.decode()
    assert neighbour.post(f"/door/charges/{key}/reveal/", {"purpose": "affair"}).status_code == 404
    assert neighbour.get(f"/door/{row.pk}/charge/").status_code == 404
    assert client.post(f"/door/charges/{key}/end/", {"ends": ""}).status_code == 302


def test_ten_people_cost_as_many_questions_as_one(cast: Cast) -> None:
    head(cast)
    place = queries.place_of(building(cast))

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            queries.answers(cast.secretary, place, TODAY)
        return len(seen)

    asked()
    before = asked()
    for number in range(9):
        head(cast, name=f"某{number}")
    assert asked() == before


def test_a_place_without_a_building_is_its_compound(cast: Cast) -> None:
    assert cast.compound
    found = queries.answers(cast.secretary, Place(GRID, cast.compound), TODAY)
    assert next(one for one in found if one.code == "party_group").holders == []
