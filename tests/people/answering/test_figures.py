"""Figures of the sources about who looks after what, each entered through commands and opened down to its records."""

from datetime import date, time
from typing import Any

import pytest

from linli.base.commands import Refused
from linli.people.accounts.models import Account, Post
from linli.people.answering import commands, counting, queries
from linli.people.answering.models import Charge, HouseCall
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.people.party import commands as party
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.sites.models import ConstructionSite
from tests.cast import GRID, HERE, MONDAY, POINT_HERE, STREET, Cast
from tests.people.party.stories import KINDS, firm, made

TODAY = date(2026, 11, 22)
LONG_AGO = date(2012, 1, 1)


def staff(cast: Cast, number: int, role: str = "department_clerk") -> Post:
    account = Account.objects.create(login=f"staff{number}", name=f"干部{number}", created_at=MONDAY)
    return Post.objects.create(
        account=account, role=role, organisation=cast.organisations["office"], region_code=STREET, starts=LONG_AGO
    )


def compounds(count: int) -> list[Compound]:
    return Compound.objects.bulk_create(
        Compound(
            name=f"楼院{number}", search_name=f"楼院{number}", region_code=GRID, longitude=POINT_HERE[0], latitude=POINT_HERE[1]
        )
        for number in range(count)
    )  # fmt: skip


def shown(cast: Cast, since: date = TODAY, day: date = TODAY, who: str = "party_clerk") -> dict[tuple[str, str], Any]:
    return {(one.role, one.standing): one for one in counting.figures(getattr(cast, who), since, day)}


def test_s1_13_ten_advisers_sent_since_2012(cast: Cast) -> None:
    """Ten people since 2012 to enterprises, social organisations and buildings; who has come home counts too."""
    assert cast.building
    places: list[dict[str, Any]] = [{"serves": firm(cast, f"企业{number}")} for number in range(5)]
    places += [{"serves": firm(cast, f"协会{number}", KINDS.SOCIAL_ORGANISATION)} for number in range(4)]
    places += [{"building": cast.building}, {"serves": places[0]["serves"]}]
    rows = []
    for number, place in enumerate(places):
        rows.append(
            commands.charge(
                cast.party_clerk, role="adviser", name=f"指导员{min(number, 9)}", standing="office_staff",
                starts=date(2012, 3, 1), basis="选派文件", **place,
            )
        )  # fmt: skip
    commands.discharge(cast.party_clerk, rows[1], ends=date(2014, 1, 1))
    found = shown(cast, LONG_AGO)["adviser", "office_staff"]
    assert (found.people, found.places) == (10, {"serves": 9, "building": 1}), (
        "the eleventh charge is the tenth person's"
    )
    assert shown(cast)["adviser", "office_staff"].people == 9
    text = cast.client("party_clerk").get("/door/figures/?since=2012-01-01").content.decode()
    assert "role=adviser&amp;standing=office_staff&amp;ended=on" in text
    listed = queries.listed(cast.party_clerk, {"role": "adviser", "ended": True, "since": LONG_AGO}, TODAY)
    assert listed.count() == 11


def test_s2_34_four_village_secretaries_where_there_are_no_members(cast: Cast) -> None:
    rows = [firm(cast, f"无党员企业{number}") for number in range(5)]
    other = firm(cast, "有党员企业")
    party.survey_unit(cast.party_clerk, other, members=3, source="摸排")
    gap = lambda: [str(row.name) for row in queries.gaps(cast.party_clerk, "adviser", TODAY)]  # type: ignore[union-attr]  # noqa: E731
    assert len(gap()) == 5
    for number, row in enumerate([*rows, other]):
        commands.charge(
            cast.party_clerk, role="adviser", serves=row, name=f"书记{number % 4}", standing="village_secretary",
            starts=date(2021, 3, 1),
        )  # fmt: skip
    assert gap() == [], "every unit without members is worked with"
    assert shown(cast)["adviser", "village_secretary"].people == 4
    chosen = {"role": "adviser", "standing": "village_secretary", "members": "none"}
    assert {row.serves for row in queries.listed(cast.party_clerk, chosen, TODAY)} == set(rows)
    text = cast.client("party_clerk").get("/door/charges/?role=adviser&members=none").content.decode()
    assert "无党员企业0" in text
    assert "有党员企业" not in text


def test_s1_33_all_leaders_and_staff_look_after_a_place(cast: Cast) -> None:
    """Thirteen leaders and twenty-eight of the staff, and nobody of them without a place."""
    assert cast.building
    posts = [staff(cast, number, "leader" if number < 13 else "department_clerk") for number in range(41)]
    assert set(counting.without_charge(cast.party_clerk, TODAY)) >= set(posts)
    places = compounds(20)
    for number, post in enumerate(posts):
        for place in (places[number % 20], places[(number + 7) % 20]):
            commands.charge(
                cast.party_clerk, role="official", compound=place, post=post,
                standing="section_leader" if number < 13 else "office_staff", basis="包联方案",
            )  # fmt: skip
    found = shown(cast)
    assert (found["official", "section_leader"].people, found["official", "office_staff"].people) == (13, 28)
    assert not set(counting.without_charge(cast.party_clerk, TODAY)) & set(posts)
    client = cast.client("party_clerk")
    assert "凌主任" in client.get("/door/gaps/uncharged/").content.decode(), "one of the cast, who has none"
    assert "干部3" not in client.get("/door/gaps/uncharged/").content.decode()


def homes(cast: Cast, count: int) -> list[Dwelling]:
    assert cast.building
    return Dwelling.objects.bulk_create(
        Dwelling(building=cast.building, unit_name="1", room_name=str(100 + number), region_code=GRID)
        for number in range(count)
    )


def test_s1_32_homes_called_at_are_counted_once(cast: Cast) -> None:
    assert cast.building
    doors = homes(cast, 4)
    row = commands.charge(
        cast.party_clerk, role="official", building=cast.building, post=cast.posts["leader"], standing="section_leader",
        starts=date(2026, 1, 1),
    )  # fmt: skip
    keys = [door.pk for door in doors]
    assert commands.note_calls(cast.secretary, row, dwellings=keys[:3], on=date(2026, 2, 1)) == 3
    assert commands.note_calls(cast.secretary, row, dwellings=keys[2:], on=date(2026, 3, 1)) == 2
    with pytest.raises(Refused, match="已经记下"):
        commands.note_calls(cast.secretary, row, dwellings=keys[2:], on=date(2026, 3, 1))
    for wrong, day, words in (
        ([keys[0]], date(2025, 1, 1), "不在任期"),
        ([], date(2026, 3, 2), "请选这里"),
        ([0], date(2026, 3, 2), "请选这里"),
    ):
        with pytest.raises(Refused, match=words):
            commands.note_calls(cast.secretary, row, dwellings=wrong, on=day)
    with pytest.raises(Refused, match="工作范围"):
        commands.note_calls(cast.neighbour, row, dwellings=keys[:1], on=date(2026, 3, 2))
    assert HouseCall.objects.count() == 5
    assert shown(cast, date(2026, 1, 1))["official", "section_leader"].homes == 4
    assert shown(cast, date(2026, 3, 1))["official", "section_leader"].homes == 2
    client = cast.client("secretary")
    text = client.get("/door/calls/?role=official&standing=section_leader&since=2026-01-01").content.decode()
    assert text.count("2026-02-01") >= 3
    page = f"/door/charges/{row.pk}/"
    assert "去过的户" in client.get(page).content.decode()
    assert client.post(f"{page}call/", {"dwellings": [str(keys[0])], "on": "2026-04-01"}).status_code == 302
    assert client.post(f"{page}call/", {"dwellings": [], "on": ""}).status_code == 422
    assert cast.client("neighbour").get(page).status_code == 404


def test_s1_36_fifty_three_building_sites_of_thirteen_leaders(cast: Cast) -> None:
    sites = ConstructionSite.objects.bulk_create(
        ConstructionSite(
            name=f"工地{number}", region_code=GRID, longitude=POINT_HERE[0], latitude=POINT_HERE[1], builder="某建设",
            starts=date(2026, 1, 1), work_from=time(7), work_to=time(20),
        )
        for number in range(53)
    )  # fmt: skip
    posts = [staff(cast, number, "leader") for number in range(13)]
    for number, site in enumerate(sites):
        commands.charge(
            cast.party_clerk, role="official", construction=site, post=posts[number % 13], standing="section_leader"
        )
    found = shown(cast)["official", "section_leader"]
    assert (found.people, found.places) == (13, {"construction": 53})
    assert queries.listed(cast.party_clerk, {"at": "construction", "role": "official"}, TODAY).count() == 53
    assert cast.compound
    near = queries.answers(cast.secretary, queries.Place(GRID, cast.compound), TODAY)
    assert next(one for one in near if one.code == "official").holders == [], "a building site is no door"


def test_s2_07_unmanaged_compounds_are_shared_among_lent_officials(cast: Cast) -> None:
    """Twenty-two of a partner office share seventy-eight compounds without a manager; none is left over."""
    rows = compounds(78)
    left = lambda: {row.name for row in counting.unmanaged_without(cast.party_clerk, TODAY)}  # noqa: E731
    assert len(left()) == 79, "that of the cast too"
    with pytest.raises(Refused, match="哪个单位") as refused:
        commands.charge(cast.party_clerk, role="official", compound=rows[0], name="党员0", standing="partner_office")
    assert refused.value.field == "organisation"
    commands.charge_many(
        cast.party_clerk,
        [
            {
                "role": "official", "compound": row.pk, "name": f"党员{number % 22}", "standing": "partner_office",
                "organisation": cast.organisations["partner"].pk,
            }
            for number, row in enumerate(rows)
        ],
    )  # fmt: skip
    assert left() == {"春光里小区"}
    # The officials of the street are another group, though one of them looks after the same compound.
    commands.charge(
        cast.party_clerk, role="official", compound=rows[0], post=cast.posts["leader"], standing="section_leader"
    )
    found = shown(cast)
    assert (found["official", "partner_office"].people, found["official", "section_leader"].people) == (22, 1)
    assert found["official", "partner_office"].places == {"compound": 78}
    assert cast.compound
    organisations.serve(cast.secretary, cast.organisations["property"], compound=cast.compound, starts=LONG_AGO)
    assert left() == set()
    assert "没有物业、也没有包联干部的小区" in cast.client("party_clerk").get("/door/gaps/").content.decode()


def test_s2_08_leaders_keep_in_touch_with_grid_branches(cast: Cast) -> None:
    branches = made(cast)
    commands.charge(
        cast.party_clerk,
        role="contact_point",
        serves=branches.first,
        post=cast.posts["leader"],
        standing="section_leader",
        starts=date(2026, 3, 1),
    )
    with pytest.raises(Refused, match="在任岗位"):
        commands.charge(cast.party_clerk, role="contact_point", serves=branches.second, name="某")
    with pytest.raises(Refused, match="支部联系点：请选") as refused:
        commands.charge(cast.party_clerk, role="contact_point", serves=firm(cast), post=cast.posts["leader"])
    assert refused.value.field == "serves"
    assert shown(cast)["contact_point", "section_leader"].places == {"serves": 1}
    party.rename(cast.party_clerk, branches.first, name="北里先锋支部", basis="批复")
    client = cast.client("party_clerk")
    assert "北里先锋支部" in client.get("/door/charges/?role=contact_point").content.decode()
    then = client.get("/door/charges/?role=contact_point&on=2026-11-21").content.decode()
    assert "北里一支部" in then, "by the name of that day"
    panel = f"/door/of/organisation/{branches.first.pk}/"
    assert "凌主任" in cast.client("secretary").get(panel).content.decode()


def state(cast: Cast, day: date = TODAY) -> dict[str, str]:
    return {one.organisation.region_code: one.state for one in counting.across(cast.party_clerk, day)}


@pytest.mark.parametrize("named", [True, False])
def test_s2_31_s2_36_posts_are_held_across_by_community(cast: Cast, named: bool) -> None:
    assert cast.compound
    here, property_firm = cast.organisations["here"], cast.organisations["property"]
    assert state(cast)[HERE] == "", "nobody to exchange with"
    organisations.serve(cast.secretary, property_firm, compound=cast.compound, starts=date(2024, 1, 1))
    assert state(cast)[HERE] == "none"
    who = {"name": "某经理", "organisation": property_firm} if named else {"post": cast.posts["manager"]}
    row = commands.charge(
        cast.secretary, role="part_time_member", serves=here, standing="project_head", starts=date(2025, 1, 1),
        ends=date(2029, 12, 31), basis="选聘决定", **who,
    )  # fmt: skip
    assert row.ends == date(2029, 12, 31), "with the term that was set"
    assert state(cast)[HERE] == "one"
    commands.charge(
        cast.secretary, role="quality_supervisor", serves=property_firm, post=cast.posts["worker"],
        standing="committee_member", starts=date(2025, 6, 1),
    )  # fmt: skip
    assert state(cast)[HERE] == "both"
    assert (state(cast, date(2025, 2, 1))[HERE], state(cast, date(2024, 6, 1))[HERE]) == ("one", "none")
    commands.discharge(cast.secretary, row, ends=date(2026, 1, 1))
    assert state(cast)[HERE] == "one"
    text = cast.client("party_clerk").get("/door/figures/").content.decode()
    assert "双向进入" in text
    assert "单向" in text


def test_somebody_with_a_post_in_both_stands_across(cast: Cast) -> None:
    assert cast.compound
    organisations.serve(cast.secretary, cast.organisations["property"], compound=cast.compound, starts=LONG_AGO)
    Post.objects.create(
        account=cast.posts["manager"].account, role="community_worker", organisation=cast.organisations["here"],
        region_code=HERE, starts=date(2026, 1, 1),
    )  # fmt: skip
    assert state(cast)[HERE] == "both"
    assert state(cast, date(2025, 1, 1))[HERE] == "none"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"standing": "village_secretary"}, "standing"),
        ({"organisation": None}, "organisation"),
        ({"role": "adviser"}, "serves"),
        ({"ends": date(2000, 1, 1)}, "ends"),
    ],
)
def test_a_post_across_is_checked(cast: Cast, change: dict[str, Any], field: str) -> None:
    values = {
        "role": "part_time_member", "serves": cast.organisations["here"], "standing": "project_head", "name": "某经理",
        "organisation": cast.organisations["property"],
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        commands.charge(cast.secretary, **values | change)
    assert refused.value.field == field
    assert not Charge.objects.exists()


def test_s0_27_five_answer_for_any_door(cast: Cast) -> None:
    """社区（村）党组织、网格党支部、网格员、楼门长、志愿者."""
    made(cast)
    Building.objects.update(region_code=GRID)
    row = Building.objects.select_related("compound").get()
    commands.charge(cast.secretary, role="building_head", building=row, name="楼门长某")
    commands.charge(cast.secretary, role="volunteer", building=row, name="志愿者某")
    found = {one.code: one for one in queries.answers(cast.secretary, queries.place_of(row), TODAY)}
    for code in ("community_party", "grid_branch", "grid_worker", "building_head", "volunteer"):
        assert len(found[code].holders) == 1, code


def test_a_door_is_answered_as_on_any_day(cast: Cast) -> None:
    branches = made(cast)
    Building.objects.update(region_code=GRID)
    row = Building.objects.select_related("compound").get()
    party.rename(cast.party_clerk, branches.first, name="北里第一网格党支部", on=date(2026, 6, 1), basis="批复")
    charge = commands.charge(
        cast.secretary, role="building_head", building=row, name="旧楼门长", starts=date(2025, 1, 1)
    )
    commands.discharge(cast.secretary, charge, ends=date(2026, 6, 30))

    def names(day: date) -> dict[str, list[str]]:
        place = queries.place_of(row)
        return {one.code: [held.label for held in one.holders] for one in queries.answers(cast.secretary, place, day)}

    assert names(TODAY)["grid_branch"] == ["北里第一网格党支部"]
    assert names(date(2026, 5, 31))["grid_branch"] == ["北里一支部"]
    assert names(date(2014, 1, 1))["grid_branch"] == [], "it was not founded yet"
    assert (names(date(2026, 6, 30))["building_head"], names(TODAY)["building_head"]) == (["旧***"], [])
    client = cast.client("secretary")
    text = client.get(f"/door/{row.pk}/?on=2026-05-31").content.decode()
    assert "北里一支部" in text
    assert "2026" in text
    assert "还没有" in client.get(f"/door/{row.pk}/").content.decode(), "a gap is named"


def test_somebody_is_sent_through_the_page_of_a_unit(cast: Cast) -> None:
    unit = firm(cast)
    client = cast.client("party_clerk")
    page = f"/door/charges/new/?serves={unit.pk}"
    text = client.get(page).content.decode()
    assert "党建指导员" in text
    assert "楼门长" not in text, "only what can be given there"
    sent = {"role": "adviser", "name": "某书记", "standing": "village_secretary"}
    answer = client.post(page, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/organisations/{unit.pk}/")
    assert "某**" in client.get(f"/door/of/organisation/{unit.pk}/").content.decode()
    assert cast.client("neighbour").get(page).status_code == 404
    assert client.get("/door/charges/new/?serves=x").status_code == 404
    assert Organisation.objects.get(pk=unit.pk).served_by.get().standing == "village_secretary"
