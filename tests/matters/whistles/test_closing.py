"""The end: only the whistler confirms, parts hold it up, both sides rate each other, the last mark closes it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.whistles import commands
from linli.matters.whistles.models import Rating, Whistle
from linli.procedures import queries as procedures
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, Cast
from tests.matters.whistles import stories


def test_only_the_whistler_confirms(cast: Cast) -> None:
    row = stories.confirming(cast)
    for who in ("clerk", "leader", "dispatcher"):
        with pytest.raises(Refused):
            commands.confirm(getattr(cast, who), row.pk, result="solved")
    commands.confirm(cast.secretary, row.pk, result="solved")
    assert stories.proceeding(row.pk).step == "rating"


@pytest.mark.parametrize(("result", "field"), [("nonsense", "result"), ("unsolved", "note")])
def test_a_result_is_from_the_list_and_a_bad_one_needs_a_word(cast: Cast, result: str, field: str) -> None:
    row = stories.confirming(cast)
    with pytest.raises(Refused) as refused:
        commands.confirm(cast.secretary, row.pk, result=result)
    assert refused.value.field == field


def test_not_good_enough_goes_back_to_its_department(cast: Cast) -> None:
    row = stories.confirming(cast)
    commands.send_back(cast.secretary, row.pk, to=cast.organisations["city"].pk, note="插线板还在")
    row = stories.proceeding(row.pk)
    assert row.step == "on_site"
    with pytest.raises(Refused):
        commands.confirm(cast.clerk, row.pk, result="solved")
    commands.finish(cast.clerk, row.pk, note="这回拆了")
    assert stories.proceeding(row.pk).step == "confirming"


def test_both_sides_rate_and_the_last_mark_closes_it(cast: Cast) -> None:
    row = stories.rating(cast)
    city, here = cast.organisations["city"].pk, cast.organisations["here"].pk
    with pytest.raises(Refused) as refused:
        commands.rate(cast.secretary, row.pk, of=city, score=1)
    assert refused.value.field == "note"
    commands.rate(cast.secretary, row.pk, of=city, score=4, note="来得快")
    with pytest.raises(Refused, match="已经评价过"):
        commands.rate(cast.secretary, row.pk, of=city, score=5)
    with pytest.raises(Refused):
        commands.rate(cast.clerk, row.pk, of=cast.organisations["safety"].pk, score=5)
    assert stories.proceeding(row.pk).closed_at is None
    commands.rate(cast.clerk, row.pk, of=here, score=5)
    row = stories.proceeding(row.pk)
    assert (row.step, row.result) == ("closed", "solved")
    assert Rating.objects.filter(whistle_id=row.pk).count() == 2
    assert procedures.broken_links(row) == []
    assert procedures.replay(row).result == "solved"


def test_a_whistler_rates_also_those_who_never_came(cast: Cast) -> None:
    row = stories.called(cast, departments=("city",))
    commands.confirm(cast.secretary, row.pk, result="unsolved", note="没有人来")
    commands.rate(cast.secretary, row.pk, of=cast.organisations["city"].pk, score=1, note="没有到场")
    assert stories.proceeding(row.pk).step == "closed"


def test_what_is_not_rated_in_time_is_closed_by_the_system(cast: Cast) -> None:
    with frozen(MONDAY):
        row = stories.rating(cast)
    with frozen(MONDAY + timedelta(days=20)):
        assert commands.conclude_unrated(system("test")) == 1
        assert commands.conclude_unrated(system("test")) == 0
    assert stories.proceeding(row.pk).result == "solved"


def test_a_part_holds_the_whistle_up_until_it_is_taken_over(cast: Cast) -> None:
    row = stories.arrived(cast)
    part = commands.split(
        cast.secretary, row.pk, to=cast.organisations["safety"].pk, topic="加装充电桩", note="物业配合选点"
    )
    with pytest.raises(Refused, match="没有验收"):
        commands.confirm(cast.secretary, row.pk, result="solved")
    enter(system("test"))
    child = Proceeding.objects.get(pk=part["id"])
    assert (child.parent_id, child.lead_id, child.due_clock) == (row.pk, cast.organisations["safety"].pk, "part")
    with pytest.raises(Refused):
        commands.deliver(cast.clerk, child.pk, note="不是我的")
    with pytest.raises(Refused, match="先呼叫"):
        commands.split(cast.secretary, row.pk, to=cast.organisations["utilities"].pk, topic="充电桩", note="选点")
    safety = replace(cast.clerk, organisation_id=child.lead_id, organisation_ids=(child.lead_id,))
    enter(safety)
    commands.deliver(safety, child.pk, note="装好四个")
    enter(cast.secretary)
    commands.do_over(cast.secretary, child.pk, note="少一个")
    enter(safety)
    commands.deliver(safety, child.pk, note="补上了")
    enter(cast.secretary)
    commands.take_over(cast.secretary, child.pk)
    commands.confirm(cast.secretary, row.pk, result="solved")
    enter(system("test"))
    assert Whistle.objects.get(pk=row.pk).result == "solved"
    page = cast.client("secretary").get(f"/whistles/{row.number}/").content.decode()
    assert "加装充电桩" in page
