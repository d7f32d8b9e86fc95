"""Elections of party organisations: due by the policy, put off with leave, held; the checks; figures of the sources."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation, Term, TermReminder
from linli.people.party import checking, commands, queries, rules
from linli.people.party.commands import Into
from linli.people.party.models import TermNotice
from tests.cast import GRID, GRID_2, HERE, STREET, Cast
from tests.people.party.stories import BASIS, KINDS, LONG_AGO, Party, firm, made, members

DAY = date(2026, 3, 1)


def branch(cast: Cast, party: Party, name: str, *, count: int = 3, domain: str = "community") -> Organisation:
    row = commands.enter(
        cast.party_clerk, name=name, kind=KINDS.BRANCH, region_code=HERE, parent=party.general, founded_on=LONG_AGO,
        basis=BASIS, domain=domain,
    )  # fmt: skip
    members(cast, row, count)
    return row


@pytest.mark.parametrize(("domain", "due"), [("community", date(2026, 6, 1)), ("enterprise", date(2024, 6, 1))])
def test_a_term_is_as_long_as_the_policy_says(cast: Cast, domain: str, due: date) -> None:
    row = branch(cast, made(cast), "某支部", domain=domain)
    term = commands.begin_term(cast.party_clerk, row, starts=date(2021, 6, 1), basis="选举结果报告")
    assert term.due_on == due


def test_postponed_by_a_year_at_most_and_held(cast: Cast) -> None:
    party = made(cast)
    clerk = cast.party_clerk
    commands.begin_term(clerk, party.first, starts=date(2021, 6, 1), basis="报告")
    with pytest.raises(Refused, match="批准") as refused:
        commands.postpone(clerk, party.first, to=date(2026, 9, 1), approval=" ")
    assert refused.value.field == "approval"
    with pytest.raises(Refused, match="不超过 12 个月"):
        commands.postpone(clerk, party.first, to=date(2027, 6, 2), approval="批复")
    commands.postpone(clerk, party.first, to=date(2026, 12, 1), approval="批复")
    with pytest.raises(Refused, match="选举结果"):
        commands.elect(clerk, party.first, on=date(2026, 10, 1), result=" ", basis="报告")
    new = commands.elect(clerk, party.first, on=date(2026, 10, 1), result="书记一名，委员四名", basis="报告")
    assert new.due_on == date(2031, 10, 1)
    assert queries.elected(clerk, date(2026, 1, 1), date(2026, 12, 31), rules.BRANCHES) == (1, 1), "in time, with leave"
    with pytest.raises(Refused):
        commands.elect(cast.secretary, party.first, on=date(2026, 11, 1), result="x", basis="x")
    group = commands.enter(
        clerk, name="党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.first, basis=BASIS
    )
    with pytest.raises(Refused, match="没有规定届期"):
        commands.begin_term(clerk, group, starts=date(2021, 6, 1), basis="报告")


def test_reminders_reach_the_page_until_somebody_notes_them(cast: Cast) -> None:
    party = made(cast)
    commands.begin_term(cast.party_clerk, party.first, starts=date(2021, 6, 1), basis="报告")
    with frozen(datetime(2026, 5, 10, tzinfo=UTC)):
        organisations.remind_terms(system("clock"))
    assert TermReminder.objects.get().months == 1
    client = cast.client("secretary")
    text = client.get("/party/elections/").content.decode()
    assert "提醒还没有人知悉" in text
    assert client.post(f"/party/{party.first.pk}/note/").status_code == 302
    assert "提醒还没有人知悉" not in client.get("/party/elections/").content.decode()
    assert "北里一支部" not in cast.client("neighbour").get("/party/elections/").content.decode()


def test_a_reminder_is_told_once_to_those_who_mind_it(cast: Cast) -> None:
    """Six, three and one month ahead: on the desks of the party clerk, the secretary and the leader, and nobody else's."""
    party = made(cast)
    commands.begin_term(cast.party_clerk, party.first, starts=date(2021, 6, 1), basis="报告")
    told: list[list[str]] = []
    for day in (
        date(2025, 11, 30),
        date(2025, 12, 1),
        date(2025, 12, 2),
        date(2026, 3, 1),
        date(2026, 5, 1),
        date(2026, 5, 2),
    ):
        with frozen(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
            organisations.remind_terms(system("clock"))
            deliver(system("outbox"))
            notices = TermNotice.objects.filter(at__date=day)
            told.append(sorted(notices.values_list("post__account__name", flat=True)))
    minding = sorted(["凌主任", "田组委", "舒书记", "佘工"])
    assert told == [[], minding, [], minding, minding, []]
    assert deliver(system("outbox")) == 0
    for who in ("party_clerk", "secretary", "leader"):
        assert "党组织换届提醒" in cast.client(who).get("/desk/").content.decode(), who
    for who in ("neighbour", "clerk", "sysadmin", "neighbour_party_clerk"):
        assert "党组织换届提醒" not in cast.client(who).get("/desk/").content.decode(), who
    assert "北里一支部" in cast.client("secretary").get("/party/elections/?near=waiting").content.decode()
    assert "提醒已送到：" in cast.client("secretary").get(f"/party/{party.first.pk}/").content.decode()
    organisations.note_reminder(cast.secretary, party.first)
    assert "党组织换届提醒" not in cast.client("party_clerk").get("/desk/").content.decode(), (
        "noted by one, settled for all"
    )


def deliver(actor: Any) -> int:
    """What the wire does with the reminders that are there."""
    return sum(commands.tell_of_term(actor, reminder=row.pk) for row in TermReminder.objects.order_by("pk"))


def test_an_early_election_needs_leave(cast: Cast) -> None:
    party = made(cast)
    commands.begin_term(cast.party_clerk, party.first, starts=date(2024, 6, 1), basis="报告")
    said: dict[str, Any] = {"on": date(2026, 6, 1), "result": "选出", "basis": "报告"}
    with pytest.raises(Refused, match="提前换届要经上级批准") as refused:
        commands.elect(cast.party_clerk, party.first, **said)
    assert refused.value.field == "approval"
    commands.elect(cast.party_clerk, party.first, **said, approval="街党工委批复〔2026〕3 号")
    assert party.first.terms.get(held_on=date(2026, 6, 1)).approval == "街党工委批复〔2026〕3 号"
    assert "街党工委批复" in cast.client("secretary").get(f"/party/{party.first.pk}/").content.decode()


def found(cast: Cast, code: str, who: str = "party_clerk") -> list[str]:
    rows = checking.CHECKS[code].rows(getattr(cast, who), date(2026, 11, 22))
    return [checking.CHECKS[code].line(row)["name"] for row in rows]


def test_the_checks_find_what_wants_attention(cast: Cast) -> None:
    party = made(cast, first=2, second=51)
    small, big = firm(cast, "小厂"), firm(cast, "大厂")
    commands.survey_unit(cast.party_clerk, small, members=2, source="摸排")
    commands.survey_unit(cast.party_clerk, big, members=3, source="摸排")
    commands.begin_term(cast.party_clerk, party.first, starts=date(2015, 7, 1), basis="报告")
    commands.begin_term(cast.party_clerk, party.second, starts=date(2025, 7, 1), basis="报告")
    with frozen(datetime(2026, 3, 1, tzinfo=UTC)):
        commands.found_provisional(
            cast.party_clerk, name="工地临时党支部", region_code=HERE, parent=party.general, project="工地",
            ends_by=date(2026, 6, 1), basis=BASIS,
        )  # fmt: skip
    assert found(cast, "few") == ["北里一支部"]
    assert found(cast, "many") == ["北里二支部"]
    assert found(cast, "grid") == ["第一网格"], "that of the other community"
    assert found(cast, "grid", "secretary") == []
    assert found(cast, "building") == [str(cast.building)]
    assert found(cast, "unit") == ["大厂"]
    assert found(cast, "overdue") == ["北里一支部"]
    assert found(cast, "no_term") == ["丰台街道党工委", "北里党总支"]
    assert found(cast, "expired") == ["工地临时党支部"]
    assert found(cast, "few", "neighbour_party_clerk") == []
    client = cast.client("party_clerk")
    text = client.get("/party/checks/").content.decode()
    for code in checking.CHECKS:
        assert f"/party/checks/{code}/" in text
        assert client.get(f"/party/checks/{code}/").status_code == 200
    assert "大厂" in client.get("/party/checks/unit/?q=大").content.decode()
    assert client.get("/party/checks/nothing/").status_code == 404


def test_what_is_mended_is_found_no_more(cast: Cast) -> None:
    party = made(cast, first=8)
    big = firm(cast, "大厂")
    commands.survey_unit(cast.party_clerk, big, members=3, source="摸排")
    commands.found(
        cast.party_clerk, name="大厂党支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY,
        domain="enterprise", cards=party.cards[party.first.pk][:3], units=[big], basis=BASIS,
    )  # fmt: skip
    commands.found(
        cast.party_clerk, name="3号楼党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.first, on=DAY,
        buildings=[cast.building.pk if cast.building else 0], basis=BASIS,
    )  # fmt: skip
    assert found(cast, "unit") == []
    assert found(cast, "building") == []


def test_a_grid_answered_for_by_another_branch_is_not_without(cast: Cast) -> None:
    party = made(cast)
    assert found(cast, "grid", "secretary") == []
    commands.merge(
        cast.party_clerk,
        [party.first, party.second],
        into=Into("", (), organisation=party.first.pk),
        on=DAY,
        basis=BASIS,
    )
    assert found(cast, "grid", "secretary") == ["第二网格"]
    organisations.assign_region(cast.sysadmin, party.first, region_code=GRID_2)
    assert found(cast, "grid", "secretary") == []


def test_figures_of_the_sources_come_out_as_queries(cast: Cast) -> None:
    """Eighteen branches elected in time, six large branches split, six renamed, seven branches of two communities
    regrouped, one alliance: as the sub-district of the first source says of half a year."""
    clerk: Any = cast.party_clerk
    party = made(cast, first=3, second=3)
    other = commands.enter(
        clerk, name="西里党总支", kind=KINDS.GENERAL_BRANCH, region_code=cast.organisations["there"].region_code,
        parent=cast.organisations["committee"], founded_on=LONG_AGO, basis=BASIS,
    )  # fmt: skip
    for number in range(18):
        row = branch(cast, party, f"换届支部{number}")
        Term.objects.create(organisation=row, starts=date(2018, 3, 1), due_on=date(2023, 3, 1))
        commands.elect(clerk, row, on=date(2023, 2, 20), result="选出", basis="报告")
    late = branch(cast, party, "超期支部")
    Term.objects.create(organisation=late, starts=date(2017, 3, 1), due_on=date(2022, 3, 1))
    commands.elect(clerk, late, on=date(2023, 2, 20), result="选出", basis="报告")
    for number in range(6):
        row = branch(cast, party, f"大型支部{number}", count=9)
        cards = queries.members_of(row.pk, date(2023, 3, 1))
        into = [Into(row.name, tuple(cards[:3]), organisation=row.pk)]
        into += [Into(f"大型支部{number}之{part}", tuple(cards[part * 3 : part * 3 + 3])) for part in (1, 2)]
        commands.split(clerk, row, into=into, on=date(2023, 3, 1), basis=BASIS)
        commands.rename(
            clerk, branch(cast, party, f"旧名{number}"), name=f"新名{number}", on=date(2023, 4, 1), basis=BASIS
        )
    for parent, count in ((party.general, 4), (other, 3)):
        rows = []
        for number in range(count):
            row = commands.enter(
                clerk, name=f"{parent.name}第{number}支部", kind=KINDS.BRANCH, region_code=parent.region_code, parent=parent,
                founded_on=LONG_AGO, basis=BASIS,
            )  # fmt: skip
            members(cast, row, 3)
            rows.append(row)
        cards = [card for row in rows for card in queries.members_of(row.pk, date(2023, 5, 1))]
        half = len(cards) // 2
        commands.regroup(
            clerk, rows, into=[Into(f"{parent.name}新一", tuple(cards[:half])), Into(f"{parent.name}新二", tuple(cards[half:]))],
            on=date(2023, 5, 1), basis=BASIS,
        )  # fmt: skip
    commands.found_alliance(
        clerk, name="中国共产党丰台街道物业联盟党支部", region_code=STREET, parent=cast.organisations["committee"],
        on=date(2023, 6, 1), basis=BASIS,
    )  # fmt: skip
    since, until = date(2023, 1, 1), date(2023, 6, 30)
    assert queries.elected(clerk, since, until, rules.BRANCHES) == (19, 18)
    shown = {row["kind"]: row for row in queries.figures(clerk, since, until)}
    assert (shown["split"]["sources"], shown["split"]["results"]) == (6, 18), (
        "those that were split, not what they became"
    )
    assert shown["rename"]["sources"] == 6
    assert (shown["regroup"]["communities"], shown["regroup"]["sources"]) == (2, 7)
    assert shown["functional"]["acts"] == 1
    assert queries.figures(clerk, date(2024, 1, 1), date(2024, 12, 31)) == []
    text = cast.client("party_clerk").get("/party/figures/?since=2023-01-01&until=2023-06-30").content.decode()
    assert "/party/changes/?kind=split" in text


def test_stock_is_that_of_the_day(cast: Cast) -> None:
    """Thirty-seven groups on one day and thirty-eight on another may both be true."""
    party = made(cast)
    for number in range(3):
        commands.found(
            cast.party_clerk, name=f"{number}号楼党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.first,
            on=date(2026, number + 1, 15), basis=BASIS,
        )  # fmt: skip
    counts = [
        next(count for kind, _label, count in queries.stock(cast.party_clerk, day) if kind == "party_group")
        for day in (date(2026, 1, 14), date(2026, 1, 15), date(2026, 2, 20), date(2026, 3, 15))
    ]
    assert counts == [0, 1, 2, 3]
