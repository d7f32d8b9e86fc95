"""Each act on party organisations: what it does to names, parents and cards, what is on record, what is refused."""

from datetime import date
from typing import Any

import pytest

from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory_on
from linli.people.party import commands, queries
from linli.people.party.commands import Into
from linli.people.party.models import Change, Coverage, MemberCard, Membership
from tests.cast import GRID, GRID_2, HERE, STREET, Cast
from tests.people.party.stories import BASIS, KINDS, LONG_AGO, firm, made, members

DAY = date(2026, 3, 1)
BEFORE = date(2026, 2, 28)


def where(card: int, day: date) -> int:
    return queries.rolls(day).get(card=card).organisation_id


def test_found_takes_its_members_along(cast: Cast) -> None:
    party = made(cast)
    gone = party.cards[party.first.pk][:4]
    new = commands.found(
        cast.party_clerk, name="春光里党支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY, cards=gone,
        basis=BASIS,
    )  # fmt: skip
    assert queries.members_of(new.pk, DAY) == gone
    assert [where(card, BEFORE) for card in gone] == [party.first.pk] * 4
    assert set(MemberCard.objects.filter(pk__in=gone).values_list("region_code", flat=True)) == {HERE}
    change = Change.objects.get(kind="found")
    assert (change.basis, change.on, change.region_code) == (BASIS, DAY, HERE)
    assert AuditRow.objects.get(command="party.found").target_id == str(new.pk)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"cards": 2}, "cards", "不足 3 人"),
        ({"cards": 3, "basis": " "}, "basis", "批准文件"),
        ({"cards": 3, "parent": None, "kind": KINDS.GRID_BRANCH, "region_code": GRID}, "parent", "上级"),
        ({"cards": 3, "kind": KINDS.GRID_BRANCH}, "region_code", "网格"),
        ({"cards": 3, "on": date(2999, 1, 1)}, "on", "将来"),
        ({"cards": 3, "on": date(2014, 1, 1)}, "on", "才编入"),
        ({"cards": 3, "domain": "space"}, "domain", "领域"),
        ({"cards": 3, "region_code": "110107"}, "region_code", "区划"),
        ({"kind": KINDS.PARTY_GROUP, "cards": 3}, "cards", "编在支部"),
        ({"kind": KINDS.GENERAL_BRANCH, "cards": 0}, "exception", "50 人以上"),
    ],
)
def test_what_cannot_be_founded_says_the_rule(cast: Cast, more: dict[str, Any], field: str, words: str) -> None:
    party = made(cast)
    values = {
        "name": "新支部",
        "kind": KINDS.BRANCH,
        "region_code": HERE,
        "parent": party.general,
        "on": DAY,
        "basis": BASIS,
    }
    values |= more | {"cards": party.cards[party.first.pk][: more.get("cards", 0)]}
    with pytest.raises(Refused, match=words) as refused:
        commands.found(cast.party_clerk, **values)
    assert refused.value.field == field
    assert Change.objects.filter(kind="found").count() == 0


def test_probationary_members_do_not_count(cast: Cast) -> None:
    party = made(cast, first=3)
    more = members(cast, party.first, 4, formal=2)
    with pytest.raises(Refused, match="不足 3 人"):
        commands.found(
            cast.party_clerk, name="新支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY, cards=more,
            basis=BASIS,
        )  # fmt: skip


def test_more_than_fifty_need_an_exception(cast: Cast) -> None:
    party = made(cast, first=51, second=3)
    values: dict[str, Any] = {
        "name": "新支部", "kind": KINDS.BRANCH, "region_code": HERE, "parent": party.general, "on": DAY, "basis": BASIS,
        "cards": party.cards[party.first.pk],
    }  # fmt: skip
    with pytest.raises(Refused, match="50 人") as refused:
        commands.found(cast.party_clerk, **values)
    assert "支部工作条例" in refused.value.rule
    commands.found(cast.party_clerk, **values, exception="上级已批准")
    assert Change.objects.get(kind="found").exception == "上级已批准"


def test_rename_keeps_the_old_name_for_the_old_days(cast: Cast) -> None:
    party = made(cast)
    change = commands.rename(cast.party_clerk, party.first, name="春光里网格党支部", on=DAY, basis=BASIS)
    assert [part.name for part in change.parts.all()] == ["北里一支部", "春光里网格党支部"]
    assert directory_on(BEFORE).by_id[party.first.pk].name == "北里一支部"
    assert directory_on(DAY).by_id[party.first.pk].name == "春光里网格党支部"
    with pytest.raises(Refused, match="没有变"):
        commands.rename(cast.party_clerk, party.first, name="春光里网格党支部", on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="不能早于"):
        commands.rename(cast.party_clerk, party.first, name="旧", on=BEFORE, basis=BASIS)
    with pytest.raises(Refused, match="不是党组织"):
        commands.rename(cast.party_clerk, cast.organisations["here"], name="新", basis=BASIS)


def test_move_to_another_parent(cast: Cast) -> None:
    party = made(cast)
    other = commands.enter(
        cast.party_clerk, name="南里党总支", kind=KINDS.GENERAL_BRANCH, region_code=HERE,
        parent=cast.organisations["committee"], basis=BASIS,
    )  # fmt: skip
    commands.move(cast.party_clerk, party.first, parent=other, on=DAY, basis=BASIS)
    assert directory_on(BEFORE).by_id[party.first.pk].parent_id == party.general.pk
    assert directory_on(DAY).by_id[party.first.pk].parent_id == other.pk
    with pytest.raises(Refused, match="没有变"):
        commands.move(cast.party_clerk, party.first, parent=other, on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="合适的上级"):
        commands.move(cast.party_clerk, party.first, parent=party.second, on=DAY, basis=BASIS)


def test_split_gives_everybody_a_place(cast: Cast) -> None:
    party = made(cast)
    cards = party.cards[party.first.pk]
    into = [Into("北里一支部", tuple(cards[:4]), organisation=party.first.pk), Into("北里三支部", tuple(cards[4:]))]
    with pytest.raises(Refused, match="还有 1 名党员没有编到"):
        commands.split(cast.party_clerk, party.first, into=[into[0], Into("三", tuple(cards[5:]))], on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="编到了两个"):
        commands.split(cast.party_clerk, party.first, into=[into[0], Into("三", tuple(cards[3:]))], on=DAY, basis=BASIS)
    small = [Into("", tuple(cards[:6]), organisation=party.first.pk), Into("三", tuple(cards[6:]))]
    with pytest.raises(Refused, match="不足 3 人"):
        commands.split(cast.party_clerk, party.first, into=small, on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="拆分是一个"):
        commands.split(cast.party_clerk, party.first, into=[Into("一", tuple(cards))], on=DAY, basis=BASIS)
    change = commands.split(cast.party_clerk, party.first, into=into, on=DAY, basis=BASIS)
    new = Organisation.objects.get(name="北里三支部")
    assert (new.kind, new.region_code, new.parent_id) == (KINDS.GRID_BRANCH, GRID, party.general.pk)
    assert queries.members_of(party.first.pk, DAY) == cards[:4]
    assert queries.members_of(new.pk, DAY) == cards[4:]
    assert queries.members_of(party.first.pk, BEFORE) == cards
    assert [(part.role, part.name, part.members) for part in change.parts.all()] == [
        ("source", "北里一支部", 8), ("result", "北里一支部", 4), ("result", "北里三支部", 4),
    ]  # fmt: skip


def test_a_split_branch_may_be_no_more(cast: Cast) -> None:
    party = made(cast)
    cards = party.cards[party.first.pk]
    group = commands.found(
        cast.party_clerk, name="3号楼党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.first, on=LONG_AGO,
        buildings=[cast.building.pk if cast.building else 0], basis=BASIS,
    )  # fmt: skip
    into = [Into("东支部", tuple(cards[:4])), Into("西支部", tuple(cards[4:]))]
    commands.split(cast.party_clerk, party.first, into=into, on=DAY, basis=BASIS)
    party.first.refresh_from_db()
    assert party.first.valid_to == DAY
    group.refresh_from_db()
    assert group.parent is not None
    assert group.parent.name == "东支部", "what stood under it goes to a branch of the same place"
    assert directory_on(BEFORE).by_id[group.pk].parent_id == party.first.pk
    assert party.first.pk not in directory_on(DAY).by_id


def test_merge_into_one_that_carries_on(cast: Cast) -> None:
    party = made(cast)
    everybody = [card for cards in party.cards.values() for card in cards]
    into = Into("北里联合支部", (), organisation=party.first.pk)
    with pytest.raises(Refused, match="合并是两个以上"):
        commands.merge(cast.party_clerk, [party.first], into=into, on=DAY, basis=BASIS)
    commands.merge(cast.party_clerk, [party.first, party.second], into=into, on=DAY, basis=BASIS)
    party.second.refresh_from_db()
    assert party.second.valid_to == DAY
    assert queries.members_of(party.first.pk, DAY) == sorted(everybody)
    assert directory_on(DAY).by_id[party.first.pk].name == "北里联合支部"
    assert [where(card, BEFORE) for card in party.cards[party.second.pk]] == [party.second.pk] * 5
    with pytest.raises(Refused, match="已经撤销"):
        commands.rename(cast.party_clerk, party.second, name="x", basis=BASIS)
    assert set(MemberCard.objects.values_list("region_code", flat=True)) == {GRID}


def test_regroup_several_into_several(cast: Cast) -> None:
    party = made(cast)
    first, second = party.cards[party.first.pk], party.cards[party.second.pk]
    into = [
        Into("东支部", (*first[:3], *second[:2]), region_code=GRID),
        Into("西支部", (*first[3:], *second[2:]), region_code=GRID_2),
    ]
    with pytest.raises(Refused, match="拆分重组是几个"):
        commands.regroup(cast.party_clerk, [party.first], into=into, on=DAY, basis=BASIS)
    change = commands.regroup(cast.party_clerk, [party.first, party.second], into=into, on=DAY, basis=BASIS)
    assert {one.name: one.region_code for one in Organisation.objects.filter(party_changes__change=change, valid_to=None)} == {
        "东支部": GRID, "西支部": GRID_2,
    }  # fmt: skip
    [row] = [row for row in queries.figures(cast.party_clerk, DAY, DAY) if row["kind"] == "regroup"]
    assert (row["acts"], row["sources"], row["results"], row["communities"]) == (1, 2, 2, 1)


def test_joint_of_units_that_are_too_small(cast: Cast) -> None:
    party = made(cast)
    cards = party.cards[party.first.pk][:3]
    firms = [firm(cast, f"厂{number}") for number in range(6)]
    values: dict[str, Any] = {
        "name": "商圈联合党支部",
        "region_code": HERE,
        "parent": party.general,
        "on": DAY,
        "basis": BASIS,
    }
    for units, words in ((firms[:1], "两个以上单位"), (firms, "不超过 5 个")):
        with pytest.raises(Refused, match=words):
            commands.join_units(cast.party_clerk, units=units, cards=cards, **values)
    with pytest.raises(Refused, match="不足 3 人"):
        commands.join_units(cast.party_clerk, units=firms[:2], cards=cards[:2], **values)
    commands.survey_unit(cast.party_clerk, firms[5], members=3, source="摸排", on=DAY)
    with pytest.raises(Refused, match="应当单独成立"):
        commands.join_units(cast.party_clerk, units=[firms[0], firms[5]], cards=cards, **values)
    joint = commands.join_units(cast.party_clerk, units=firms[:3], cards=cards, **values)
    assert joint.party.form == "joint"
    assert Coverage.objects.filter(organisation=joint).count() == 3
    with pytest.raises(Refused, match="已经有党组织"):
        commands.join_units(
            cast.party_clerk, units=firms[2:4], cards=party.cards[party.first.pk][3:6], **values | {"name": "又一个"}
        )
    assert commands.cover_more(cast.party_clerk, joint, units=firms[3:5]) == 2
    with pytest.raises(Refused, match="不超过 5 个"):
        commands.cover_more(cast.party_clerk, joint, units=[firm(cast, "厂九")])


def test_provisional_moves_no_membership_and_does_not_elect(cast: Cast) -> None:
    party = made(cast)
    cards = party.cards[party.first.pk][:3]
    values: dict[str, Any] = {
        "name": "管网改造临时党支部",
        "region_code": HERE,
        "parent": party.general,
        "on": DAY,
        "basis": BASIS,
    }
    with pytest.raises(Refused, match="期满日"):
        commands.found_provisional(cast.party_clerk, project="管网改造", ends_by=DAY, **values)
    with pytest.raises(Refused, match="工程或任务"):
        commands.found_provisional(cast.party_clerk, project=" ", ends_by=date(2026, 9, 1), **values)
    row = commands.found_provisional(
        cast.party_clerk, project="管网改造", ends_by=date(2026, 9, 1), cards=cards, **values
    )
    assert [where(card, DAY) for card in cards] == [party.first.pk] * 3
    assert Membership.objects.filter(organisation=row, attached=True).count() == 3
    card = MemberCard.objects.get(pk=cards[0])
    refusals = [
        lambda: commands.begin_term(cast.party_clerk, row, starts=DAY, basis=BASIS),
        lambda: commands.elect(cast.party_clerk, row, on=DAY, result="x", basis=BASIS),
        lambda: commands.enter_card(cast.party_clerk, row, name="某", joined_on=DAY),
        lambda: commands.transfer_card(cast.party_clerk, card, to=row, basis=BASIS),
        lambda: commands.merge(cast.party_clerk, [party.first, row], into=Into("x", ()), basis=BASIS),
    ]
    for refusal in refusals:
        with pytest.raises(Refused, match="临时"):
            refusal()
    [over] = queries.expired(cast.party_clerk, date(2026, 9, 2))
    assert over == row
    assert not queries.expired(cast.party_clerk, date(2026, 9, 1)).exists()
    commands.dissolve(cast.party_clerk, row, on=date(2026, 9, 2), basis=BASIS)
    assert not Membership.objects.filter(organisation=row, until=None).exists()
    assert [where(card, date(2026, 9, 3)) for card in cards] == [party.first.pk] * 3


def test_an_alliance_of_property_firms(cast: Cast) -> None:
    party = made(cast)
    firms = [cast.organisations["property"], firm(cast, "乙物业", KINDS.PROPERTY_FIRM)]
    row = commands.found_alliance(
        cast.party_clerk, name="丰台街道物业联盟党支部", region_code=STREET, parent=cast.organisations["committee"], on=DAY,
        units=firms, cards=party.cards[party.first.pk][:2], basis=BASIS,
    )  # fmt: skip
    assert row.party.form == "functional"
    assert Coverage.objects.filter(organisation=row).count() == 2
    assert [row["acts"] for row in queries.figures(cast.party_clerk, DAY, DAY) if row["kind"] == "functional"] == [1]
    with pytest.raises(Refused, match="不在单位台账"):
        commands.found_alliance(
            cast.party_clerk, name="又", region_code=STREET, parent=cast.organisations["committee"],
            units=[cast.organisations["here"]], basis=BASIS,
        )  # fmt: skip


def test_dissolve_sends_every_member_somewhere(cast: Cast) -> None:
    party = made(cast)
    with pytest.raises(Refused, match="还有 5 名党员"):
        commands.dissolve(cast.party_clerk, party.second, on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="不能编到自己"):
        commands.dissolve(cast.party_clerk, party.second, to=party.second, on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="下级党组织"):
        commands.dissolve(cast.party_clerk, party.general, on=DAY, basis=BASIS)
    change = commands.dissolve(cast.party_clerk, party.second, to=party.first, on=DAY, basis=BASIS)
    assert [(part.role, part.members) for part in change.parts.all()] == [("source", 5), ("result", 13)]
    assert {where(card, DAY) for card in party.cards[party.second.pk]} == {party.first.pk}


def test_nothing_is_over_before_its_last_member_came(cast: Cast) -> None:
    party = made(cast)
    card = MemberCard.objects.get(pk=party.cards[party.first.pk][0])
    commands.transfer_card(cast.party_clerk, card, to=party.second, on=DAY, basis=BASIS)
    with pytest.raises(Refused, match="不能早于"):
        commands.dissolve(cast.party_clerk, party.second, to=party.first, on=BEFORE, basis=BASIS)
    commands.dissolve(cast.party_clerk, party.second, to=party.first, on=DAY, basis=BASIS)
    assert where(card.pk, DAY) == party.first.pk


def test_who_may(cast: Cast) -> None:
    party = made(cast)
    for who in ("secretary", "leader", "sysadmin", "grid_worker"):
        with pytest.raises(Refused, match="没有办理"):
            commands.rename(getattr(cast, who), party.first, name="x", basis=BASIS)
    with pytest.raises(Refused, match="工作范围"):
        commands.rename(cast.neighbour_party_clerk, party.first, name="x", basis=BASIS)
    assert party.first.name == "北里一支部"
