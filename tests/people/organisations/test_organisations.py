"""Founding, renaming, moving, closing; responsible regions; the tree page; who may."""

from datetime import date

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.people.accounts.models import Post
from linli.people.organisations import commands, rules
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from tests.cast import GRID, GRID_2, HERE, POINT_HERE, STREET, Cast

KINDS = Organisation.Kind


def test_the_party_chain_and_the_rest_stand_where_they_belong() -> None:
    assert rules.may_stand_under("general_branch", "party_committee")
    assert rules.may_stand_under("party_group", "grid_branch")
    assert not rules.may_stand_under("party_group", "general_branch")
    assert not rules.may_stand_under("party_group", None)
    assert rules.may_stand_under("property_firm", None)
    assert not rules.may_stand_under("community", "property_firm")
    assert set(rules.PARENTS) == set(KINDS.values)


def test_nobody_stands_below_himself() -> None:
    parents = {1: None, 2: 1, 3: 2}
    assert rules.makes_circle(1, 3, parents)
    assert not rules.makes_circle(3, 1, parents)
    assert not rules.makes_circle(3, None, parents)
    assert not rules.makes_circle(9, 1, {1: 2, 2: 1}), "a circle that is there already does not hang the check"


def test_found_rename_move(cast: Cast) -> None:
    branch = commands.found(
        cast.sysadmin,
        name="北里党总支",
        kind=KINDS.GENERAL_BRANCH,
        region_code=HERE,
        parent=cast.organisations["committee"],
    )
    assert directory().by_id[branch.pk].name == "北里党总支", "the directory knows it at once"
    commands.rename(cast.sysadmin, branch, name="北大街北里社区党总支", short_name="北里总支")
    assert str(Organisation.objects.get(pk=branch.pk)) == "北里总支"
    commands.move(cast.sysadmin, branch, parent=None)
    with pytest.raises(Refused, match="上级应当是党"):
        commands.move(cast.sysadmin, branch, parent=cast.organisations["here"])
    with pytest.raises(Refused, match="同名同类"):
        commands.found(cast.sysadmin, name="北大街北里社区党总支", kind=KINDS.GENERAL_BRANCH, region_code=HERE)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "club"}, "kind"),
        ({"region_code": "999"}, "region_code"),
        ({"kind": KINDS.PARTY_GROUP}, "parent"),
    ],
)
def test_a_bad_organisation_is_refused_beside_its_field(cast: Cast, change: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.found(cast.sysadmin, **({"name": "科", "kind": KINDS.DEPARTMENT, "region_code": STREET} | change))
    assert refused.value.field == field


def test_what_others_depend_on_cannot_be_closed(cast: Cast) -> None:
    city, here = cast.organisations["city"], cast.organisations["here"]
    with pytest.raises(Refused, match="在任岗位"):
        commands.close(cast.sysadmin, city)
    Post.objects.filter(organisation=city).update(ends=date(2021, 1, 1))
    case = cases.file(
        cast.call_taker,
        text="楼道灯不亮好几天了",
        channel="telephone",
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
        phone="13800001234",
    )
    cases.dispatch(cast.dispatcher, case["id"], to=city.pk) if _step(case["id"]) == "filed" else cases.redirect(
        cast.dispatcher, case["id"], to=city.pk, note="改派"
    )
    with pytest.raises(Refused, match="在办的事"):
        commands.close(cast.sysadmin, city)
    partner = cast.organisations["partner"]
    Post.objects.filter(organisation=partner).update(ends=date(2021, 1, 1))
    commands.assign_region(cast.sysadmin, partner, region_code=GRID)
    commands.close(cast.sysadmin, partner)
    assert partner.responsibilities.filter(ends=None).count() == 0
    assert partner.pk not in directory().by_id
    with pytest.raises(Refused, match="已经撤销"):
        commands.rename(cast.sysadmin, partner, name="新名")
    assert here.pk in directory().by_id


def _step(case_id: int) -> str:
    from linli.procedures.models import Proceeding

    return Proceeding.objects.get(pk=case_id).step


def test_responsible_regions_begin_and_end(cast: Cast) -> None:
    firm = cast.organisations["property"]
    made = commands.assign_region(cast.sysadmin, firm, region_code=GRID_2)
    answering = directory().answering(GRID_2, KINDS.PROPERTY_FIRM)
    assert answering is not None
    assert answering.id == firm.pk
    with pytest.raises(Refused, match="已经负责"):
        commands.assign_region(cast.sysadmin, firm, region_code=GRID_2)
    commands.end_region(cast.sysadmin, made)
    assert directory().by_id[firm.pk].answers_for == ()
    with pytest.raises(Refused, match="已经结束"):
        commands.end_region(cast.sysadmin, made)


@pytest.mark.parametrize("name", ["dispatcher", "leader", "secretary", "auditor"])
def test_only_administrators_change_them(cast: Cast, name: str) -> None:
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        commands.rename(getattr(cast, name), cast.organisations["city"], name="新名")
    client = cast.client(name)
    assert client.get("/organisations/").status_code == 200
    assert client.get("/organisations/new/").status_code == 404
    assert client.post(f"/organisations/{cast.organisations['city'].pk}/close/").status_code == 404


def test_the_tree_the_search_and_one_page(cast: Cast) -> None:
    client = cast.client("sysadmin")
    page = client.get("/organisations/").content.decode()
    for words in ("党的组织", "街道、部门与社区", "物业企业", "共建单位", "丰台街道党工委", "安居物业服务公司"):
        assert words in page
    found = client.get("/organisations/?q=北里").content.decode().partition('id="list"')[2]
    assert "北大街北里社区居委会" in found
    assert "东大街" not in found
    page = client.get(f"/organisations/{cast.organisations['here'].pk}/").content.decode()
    assert "舒书记" in page
    sheet = client.get("/organisations/export.csv?kind=department").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "城市管理科" in sheet
    assert "居委会" not in sheet


def test_acts_on_the_page(cast: Cast) -> None:
    client, here = cast.client("sysadmin"), cast.organisations["here"]
    typed = {"name": "新社区", "kind": "community", "region_code": "999", "parent": cast.organisations["office"].pk}
    wrong = client.post("/organisations/new/", typed)
    assert wrong.status_code == 422
    assert "没有这个区划" in wrong.content.decode()
    assert client.post("/organisations/new/", {**typed, "region_code": HERE}).status_code == 302
    assert client.post(f"/organisations/{here.pk}/regions/", {"region_code": "12"}).status_code == 422
    assert client.post(f"/organisations/{here.pk}/regions/", {"region_code": GRID}).status_code == 302
    enter(system("test"))
    made = here.responsibilities.get()
    assert client.post(f"/organisations/regions/{made.pk}/end/").status_code == 302
    refused = client.post(f"/organisations/{here.pk}/close/")
    assert refused.status_code == 422
    assert "在任岗位" in refused.content.decode()


def test_the_slot_shows_only_what_the_person_may_see(cast: Cast) -> None:
    case = cases.file(
        cast.call_taker,
        text="楼道灯不亮好几天了",
        channel="telephone",
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
        phone="13800001234",
    )
    from linli.procedures.models import Proceeding

    holder = Proceeding.objects.get(pk=case["id"]).holder_id
    address = f"/desk/organisations/{holder}/"
    assert address in cast.client("dispatcher").get(f"/organisations/{holder}/").content.decode()
    assert case["number"] in cast.client("dispatcher").get(address).content.decode()
    assert case["number"] not in cast.client("neighbour").get(address).content.decode()
    assert cast.client("sysadmin").get(address).status_code == 404
