"""A wrong act is taken back whole, with its reason; never when something later rests on it. What an act would do is shown
before."""

from datetime import date
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, IdempotencyKey, OutboxRow
from linli.base.scope import enter
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.people.party import commands, preview, queries
from linli.people.party.commands import Into
from linli.people.party.models import Change, ChangeTrace, Coverage, Membership
from tests.cast import GRID, HERE, Cast
from tests.people.party.stories import BASIS, KINDS, Party, done, made, members

DAY = date(2026, 3, 1)
BEFORE = date(2026, 2, 28)


def merged(cast: Cast, party: Party) -> Change:
    both = [party.first, party.second]
    into = Into("北里联合支部", (), organisation=party.first.pk)
    made_now: Change = commands.merge(cast.party_clerk, both, into=into, on=DAY, basis=BASIS)
    return made_now


def test_a_merger_is_taken_back_whole(cast: Cast) -> None:
    party = made(cast)
    group = commands.enter(
        cast.party_clerk, name="党小组", kind=KINDS.PARTY_GROUP, region_code=GRID, parent=party.second, basis=BASIS
    )
    organisations.assign_region(cast.sysadmin, party.second, region_code=GRID, starts=date(2020, 1, 1))
    change = merged(cast, party)
    group.refresh_from_db()
    assert group.parent == party.first
    back = commands.undo(cast.party_clerk, change, reason="并错了支部")
    assert (back.undoes, back.basis, back.kind) == (change, "并错了支部", "undo")
    for row in (party.first, party.second, group):
        row.refresh_from_db()
    assert (party.first.name, party.second.valid_to, group.parent) == ("北里一支部", None, party.second)
    assert party.second.responsibilities.get().ends is None
    for day in (BEFORE, DAY, date(2026, 11, 22)):
        assert sorted(queries.members_of(party.second.pk, day)) == sorted(party.cards[party.second.pk]), day
    counted = [row["kind"] for row in queries.figures(cast.party_clerk, DAY, date(2026, 12, 31))]
    assert counted == ["enter"], "neither it nor its taking back counts"
    assert queries.lineage(cast.party_clerk, party.first.pk, back=True)[0]["change"].kind == "enter"
    with pytest.raises(Refused, match="已经撤回"):
        commands.undo(cast.party_clerk, change, reason="再来")
    with pytest.raises(Refused, match="不能再撤回"):
        commands.undo(cast.party_clerk, back, reason="再来")
    again = merged(cast, party)
    assert again.pk != change.pk, "and then it may be done rightly"


def test_what_was_founded_by_mistake_was_never_there(cast: Cast) -> None:
    party = made(cast)
    row = commands.found(
        cast.party_clerk, name="新支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY,
        cards=party.cards[party.first.pk][:3], buildings=[cast.building.pk if cast.building else 0], basis=BASIS,
    )  # fmt: skip
    commands.undo(cast.party_clerk, Change.objects.latest("pk"), reason="重复登记")
    assert not queries.visible_to(cast.party_clerk).filter(queries.being(DAY), pk=row.pk).exists()
    assert not Coverage.objects.filter(queries.on_day(DAY), organisation=row).exists()
    assert not queries.rolls(DAY).filter(organisation=row).exists()
    assert len(queries.members_of(party.first.pk, DAY)) == 8
    commands.found(
        cast.party_clerk, name="新支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY,
        cards=party.cards[party.first.pk][:3], basis=BASIS,
    )  # fmt: skip


def test_nothing_is_taken_back_that_something_later_rests_on(cast: Cast) -> None:
    party = made(cast)
    clerk: Any = cast.party_clerk
    row = commands.found(
        clerk, name="新支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, on=DAY,
        cards=party.cards[party.first.pk][:3], basis=BASIS,
    )  # fmt: skip
    change = Change.objects.latest("pk")
    commands.begin_term(clerk, row, starts=DAY, basis="选举报告")
    with pytest.raises(Refused, match="已经有了“届次”"):
        commands.undo(clerk, change, reason="错")
    party_2 = merged(cast, party)
    commands.rename(clerk, party.first, name="后来的名称", on=date(2026, 5, 1), basis=BASIS)
    with pytest.raises(Refused, match="又办了“更名”"):
        commands.undo(clerk, party_2, reason="错")
    commands.undo(clerk, Change.objects.latest("pk"), reason="名称错")
    [card, *_rest] = members(cast, party.first, 1, starts=date(2026, 6, 1))
    assert card
    commands.undo(clerk, party_2, reason="错")
    assert queries.formal_of(party.second.pk, date(2026, 6, 2)) == 5


def test_a_card_that_moved_since_keeps_the_act_where_it_is(cast: Cast) -> None:
    party = made(cast)
    change = merged(cast, party)
    third = commands.enter(
        cast.party_clerk, name="第三支部", kind=KINDS.BRANCH, region_code=HERE, parent=party.general, basis=BASIS
    )
    card = Membership.objects.filter(organisation=party.first, until=None, change=change).first()
    assert card
    commands.transfer_card(cast.party_clerk, card.card, to=third, on=date(2026, 4, 1), basis="介绍信")
    with pytest.raises(Refused, match="“组织关系”又有变动"):
        commands.undo(cast.party_clerk, change, reason="错")


def test_who_may_and_what_has_no_trace(cast: Cast) -> None:
    party = made(cast)
    change = merged(cast, party)
    for who, words in (("secretary", "没有办理"), ("neighbour_party_clerk", "工作范围")):
        with pytest.raises(Refused, match=words):
            commands.undo(getattr(cast, who), change, reason="错")
    with pytest.raises(Refused, match="为什么") as refused:
        commands.undo(cast.party_clerk, change, reason=" ")
    assert refused.value.field == "reason"
    bare = Change.objects.create(kind="rename", on=DAY, basis=BASIS, by_name="x", at=change.at, region_code=GRID)
    with pytest.raises(Refused, match="没有留下明细"):
        commands.undo(cast.party_clerk, bare, reason="错")


def test_a_look_ahead_leaves_nothing_behind(cast: Cast) -> None:
    party = made(cast, first=3, second=4)
    commands.begin_term(cast.party_clerk, party.second, starts=date(2024, 1, 1), basis="报告")
    organisations.assign_region(cast.sysadmin, party.second, region_code=GRID, starts=date(2020, 1, 1))
    counts = [model.objects.count() for model in (Change, ChangeTrace, Membership, AuditRow, OutboxRow, IdempotencyKey)]
    effects = preview.rehearsed(
        cast.party_clerk,
        lambda: commands.dissolve(cast.party_clerk, party.second, to=party.first, on=DAY, basis=BASIS),
    )
    told = {one.title: one.lines for one in effects}
    assert told["党组织"] == ["北里二支部：撤销"]
    assert told["党员"][0].startswith("4 名党员：北里二支部 → 北里一支部（党**#")
    assert told["网格、覆盖和岗位"] == ["北里二支部不再负责第一网格"]
    assert told["换届"] == ["北里二支部：本届（2029-01-01 届满）到此为止，不再提醒"]
    assert told["会多出的预警"] == ["还没有党支部的网格：第二网格"]
    after = [model.objects.count() for model in (Change, ChangeTrace, Membership, AuditRow, OutboxRow, IdempotencyKey)]
    assert after == counts
    party.second.refresh_from_db()
    with pytest.raises(Refused, match="还有 4 名党员"):
        preview.rehearsed(cast.party_clerk, lambda: commands.dissolve(cast.party_clerk, party.second, basis=BASIS))


def test_through_the_pages(cast: Cast) -> None:
    party = made(cast)
    client = cast.client("party_clerk")
    page = f"/party/{party.first.pk}/do/rename/"
    assert done(client, page, {"name": "北里新一支部", "basis": BASIS, "on": "2026-03-01"}).status_code == 302
    enter(system("test"))
    change = Change.objects.latest("pk")
    here = f"/party/changes/{change.pk}/"
    text = client.get(here).content.decode()
    assert "北里一支部：更名为北里新一支部" in text
    assert f"{here}undo/" in text
    assert client.post(f"{here}undo/", {"reason": ""}).status_code == 422
    assert "北里新一支部：更名为北里一支部" in client.post(f"{here}undo/", {"reason": "写错"}).content.decode()
    assert done(client, f"{here}undo/", {"reason": "写错"}).status_code == 302
    text = client.get(here).content.decode()
    assert "写错" in text
    assert f"{here}undo/" not in text
    assert "已撤回" in client.get("/party/changes/").content.decode()
    enter(system("test"))
    assert Organisation.objects.get(pk=party.first.pk).name == "北里一支部"
    assert cast.client("neighbour").get(here).status_code == 404
    assert f"{here}undo/" not in cast.client("secretary").get(here).content.decode()
