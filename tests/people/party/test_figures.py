"""Figures of the sources about party organisations by their numbers: entered through commands, found by queries, opened down to
the records on the pages."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.people.party import checking, commands, queries
from linli.people.party.models import Coverage
from tests.cast import GRID, HERE, STREET, Cast
from tests.people.party.stories import BASIS, KINDS, LONG_AGO, firm, made, members

TODAY = date(2026, 11, 22)
DAY = date(2023, 1, 10)


def stock(cast: Cast, day: date = TODAY) -> dict[str, int]:
    return {kind: count for kind, _label, count in queries.stock(cast.party_clerk, day)}


def listed(cast: Cast, **chosen: Any) -> list[str]:
    return [row.name for row in queries.listed(cast.party_clerk, chosen, chosen.get("on") or TODAY)]


def opened(cast: Cast, path: str) -> str:
    return cast.client("party_clerk").get(path).content.decode()


def branches(
    cast: Cast, general: Organisation, count: int, kind: str = KINDS.BRANCH, **more: Any
) -> list[Organisation]:
    """So many that were there before; the names say which."""
    return [
        commands.enter(
            cast.party_clerk, name=f"{general.name}之{number}", kind=kind, region_code=more.get("region", general.region_code),
            parent=general, founded_on=more.get("on", LONG_AGO), basis=BASIS,
        )
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("general", "branch", "group", "number"),
    [(4, 24, 51, "S1-11"), (4, 12, 37, "S3-03")],
)
def test_branches_on_grids_and_groups_in_buildings(
    cast: Cast, general: int, branch: int, group: int, number: str
) -> None:
    """S1-11: four communities, twenty-four branches on grids, fifty-one groups; S3-03: four, twelve, thirty-seven."""
    above = [
        commands.enter(
            cast.party_clerk, name=f"{number}总支{one}", kind=KINDS.GENERAL_BRANCH, region_code=HERE,
            parent=cast.organisations["committee"], founded_on=LONG_AGO, basis=BASIS,
        )
        for one in range(general)
    ]  # fmt: skip
    grids = [
        row for one in above for row in branches(cast, one, branch // general, KINDS.GRID_BRANCH, region=GRID)
    ]  # fmt: skip
    for one in range(group):
        commands.enter(
            cast.party_clerk, name=f"{number}小组{one}", kind=KINDS.PARTY_GROUP, region_code=GRID,
            parent=grids[one % len(grids)], founded_on=LONG_AGO, basis=BASIS,
        )  # fmt: skip
    found = stock(cast)
    assert (found["general_branch"], found["grid_branch"], found["party_group"]) == (general, branch, group)
    assert len(listed(cast, kind="party_group")) == group
    # S3-04: four levels, the committee above all.
    parents = dict(Organisation.objects.values_list("pk", "parent"))
    key: int | None = Organisation.objects.filter(kind=KINDS.PARTY_GROUP).values_list("pk", flat=True)[0]
    depth = 0
    while key is not None:
        key, depth = parents[key], depth + 1
    assert depth == 4


def test_s0_04_s1_12_every_grid_has_a_branch_and_every_building_a_group(cast: Cast) -> None:
    made(cast)
    grids = checking.CHECKS["grid"].rows(cast.secretary, TODAY)
    assert not grids.exists(), "the rate is one: no grid of the community is without"
    assert checking.CHECKS["building"].rows(cast.secretary, TODAY).count() == 1
    text = opened(cast, "/party/checks/building/")
    assert "成立党小组" in text, "and the next step is there"
    assert f"buildings={cast.building.pk if cast.building else 0}" in text


@pytest.mark.parametrize(
    ("count", "name"), [(9, "S1-08 区域党委"), (24, "S1-09 社区联合党委"), (32, "S3-07 街道大工委")]
)
def test_member_units_of_a_committee(cast: Cast, count: int, name: str) -> None:
    units = [firm(cast, f"{name}成员{number}", KINDS.PARTNER_UNIT) for number in range(count + 1)]
    row = commands.found_alliance(
        cast.party_clerk, name=name, kind=KINDS.PARTY_COMMITTEE, region_code=STREET,
        parent=cast.organisations["committee"], on=DAY, domain="office", units=units[:-1], basis=BASIS,
    )  # fmt: skip
    commands.cover_more(cast.party_clerk, row, units=units[-1:], on=date(2024, 1, 1))
    key = Coverage.objects.get(organisation=row, unit=units[0]).pk
    commands.uncover(cast.party_clerk, row, coverage=key, on=date(2025, 1, 1))
    of = Coverage.objects.filter(organisation=row)
    counts = [of.filter(queries.on_day(day)).count() for day in (DAY, date(2024, 6, 1), TODAY)]
    assert counts == [count, count + 1, count]
    text = opened(cast, f"/party/{row.pk}/")
    assert f"现在 {count} 个" in text
    assert f"{name}成员1" in text
    assert f"{name}成员0<" not in text
    assert not checking.CHECKS["few"].rows(cast.party_clerk, TODAY).exists(), "it has no members of its own"


def test_s1_14_s2_33_firms_with_members_have_organisations(cast: Cast) -> None:
    """S2-33: seven firms with three members and more each have one of their own and none is left; S1-14: four founded since
    2012, one of them for two units."""
    party = made(cast, first=30)
    due = lambda: [row.name for row in queries.units_due(cast.party_clerk, TODAY, 3)]  # noqa: E731
    firms = [firm(cast, f"企业{number}") for number in range(8)]
    for number, row in enumerate(firms):
        commands.survey_unit(cast.party_clerk, row, members=2 if number == 7 else 3, source="摸排")
    assert len(due()) == 7
    cards = party.cards[party.first.pk]
    for number, row in enumerate(firms[:7]):
        commands.found(
            cast.party_clerk, name=f"{row.name}党支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general,
            on=DAY if number < 4 else date(2024, 1, 1), domain="enterprise", cards=cards[number * 3 : number * 3 + 3],
            units=[row], basis=BASIS,
        )  # fmt: skip
    assert due() == []
    assert len(listed(cast, domain="enterprise", form="ordinary", covers="unit")) == 7
    assert len(listed(cast, domain="enterprise", since=date(2012, 1, 1), on=date(2023, 12, 31))) == 4
    text = opened(cast, "/party/?domain=enterprise&covers=unit")
    assert text.count("企业0党支部") >= 1
    assert "企业0" in opened(cast, f"/party/{Organisation.objects.get(name='企业0党支部').pk}/"), "down to the unit"


def test_s2_35_examples_there_are_and_one_in_the_making(cast: Cast) -> None:
    party = made(cast)
    rows = branches(cast, party.general, 3)
    for number, row in enumerate(rows):
        commands.describe(cast.party_clerk, row, domain="enterprise", exemplary="making" if number == 2 else "standing")
    assert (len(listed(cast, exemplary="standing")), len(listed(cast, exemplary="making"))) == (2, 1)
    assert "正在打造" in opened(cast, f"/party/{rows[2].pk}/")


def test_s2_30_provisional_branches_of_projects(cast: Cast) -> None:
    party = made(cast)
    for number in range(3):
        commands.found_provisional(
            cast.party_clerk, name=f"工程{number}临时党支部", region_code=HERE, parent=party.general, project=f"工程{number}",
            on=DAY, ends_by=date(2027, 1, 1), cards=party.cards[party.first.pk][:2], basis=BASIS,
        )  # fmt: skip
    assert len(listed(cast, form="provisional")) == 3
    assert len(queries.members_of(party.first.pk, TODAY)) == 8, "no membership moved"


def test_s4_02_eleven_branches_of_compounds(cast: Cast) -> None:
    party = made(cast)
    assert cast.building
    for number in range(11):
        commands.enter(
            cast.party_clerk, name=f"楼院党支部{number}", kind=KINDS.BRANCH, region_code=HERE, parent=party.general,
            founded_on=DAY, buildings=[cast.building.pk], basis=BASIS,
        )  # fmt: skip
    branches(cast, party.general, 2)
    assert len(listed(cast, kind="branch", covers="building")) == 11


def test_s3_05_s3_58_nobody_is_without_a_branch(cast: Cast) -> None:
    """Members of communities, firms and offices alike: by field of work, and none outside a branch."""
    party = made(cast, first=3, second=4)
    office = commands.enter(
        cast.party_clerk, name="机关支部", kind=KINDS.BRANCH, region_code=STREET, parent=cast.organisations["committee"],
        founded_on=LONG_AGO, domain="office", basis=BASIS,
    )  # fmt: skip
    members(cast, office, 5)
    by_domain: dict[str, int] = {}
    for row in queries.listed(cast.party_clerk, {}, TODAY):
        domain = row.party.domain if hasattr(row, "party") else "community"
        by_domain[domain] = by_domain.get(domain, 0) + row.members  # type: ignore[attr-defined]
    assert by_domain == {"community": 7, "office": 5}
    assert queries.cards(cast.party_clerk).exclude(pk__in=queries.rolls(TODAY).values("card")).count() == 0
    assert party.general


def test_s3_27_organisations_of_property_firms(cast: Cast) -> None:
    party = made(cast)
    row = commands.enter(
        cast.party_clerk, name="安居物业党支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, founded_on=DAY,
        domain="property", units=[cast.organisations["property"]], basis=BASIS,
    )  # fmt: skip
    assert listed(cast, domain="property") == [row.name]


def test_s3_32_c1_both_numbers_of_groups_stand_with_their_day(cast: Cast) -> None:
    """Thirty-seven groups before and thirty-eight after: neither is changed into the other."""
    party = made(cast)
    first = date(2018, 6, 1)
    for number in range(38):
        commands.enter(
            cast.party_clerk, name=f"楼院党小组{number}", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.first,
            founded_on=first if number < 37 else first + timedelta(days=90), basis=BASIS,
        )  # fmt: skip
    assert (stock(cast, first)["party_group"], stock(cast, TODAY)["party_group"]) == (37, 38)
    assert len(listed(cast, kind="party_group", on=first)) == 37


def test_names_and_parents_of_a_list_are_those_of_its_day(cast: Cast) -> None:
    party = made(cast)
    commands.rename(cast.party_clerk, party.general, name="北里党委筹备总支", on=date(2026, 5, 1), basis=BASIS)
    commands.rename(cast.party_clerk, party.first, name="北里先锋支部", on=date(2026, 6, 1), basis=BASIS)
    client = cast.client("secretary")
    then = client.get("/party/?on=2026-04-30").content.decode()
    assert "北里一支部" in then
    assert "北里党总支" in then
    assert "先锋" not in then
    assert "那天的名称" in then
    assert "北里先锋支部" in client.get("/party/?q=先锋").content.decode()
    assert "没有符合条件" in client.get("/party/?q=先锋&on=2026-04-30").content.decode(), "found by the name of the day"
    assert "北里一支部" in client.get("/party/?q=北里一&on=2026-04-30").content.decode()
    sheet = client.get("/party/export.csv?on=2026-04-30")
    assert "%E6%88%AA%E8%87%B3%202026-04-30" in sheet["Content-Disposition"], "the sheet says its day"
    assert "北里一支部" in sheet.content.decode("utf-8-sig")
    organisations.rename(cast.sysadmin, cast.organisations["property"], name="新安居物业", on=date(2026, 6, 1))
    old = client.get("/organisations/register/?on=2026-05-01").content.decode()
    assert "安居物业服务公司" in old
    assert "新安居" not in old
    assert "新安居物业" in client.get("/organisations/register/").content.decode()


def test_nobody_is_counted_on_a_day_before_they_came(cast: Cast) -> None:
    party = made(cast)
    members(cast, party.first, 4, starts=date(2026, 9, 1))
    rows = {row.pk: row for row in queries.listed(cast.party_clerk, {"on": date(2026, 8, 31)}, date(2026, 8, 31))}
    assert rows[party.first.pk].members == 8  # type: ignore[attr-defined]
    rows = {row.pk: row for row in queries.listed(cast.party_clerk, {}, TODAY)}
    assert rows[party.first.pk].members == 12  # type: ignore[attr-defined]
