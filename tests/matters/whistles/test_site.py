"""On site: each department has its own clock of arrival, works, and says when its part is done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.whistles import commands, queries
from linli.people.accounts.models import Account, Post
from linli.people.accounts.queries import actor_of
from linli.procedures.models import Assignment, Clock, Entry
from tests.cast import MONDAY, Cast
from tests.matters.whistles import stories


def safety_clerk(cast: Cast):
    enter(system("test"))
    account = Account.objects.create(login="safety", name="安经办", created_at=MONDAY)
    organisation = cast.organisations["safety"]
    return actor_of(
        Post.objects.create(
            account=account, role="department_clerk", organisation=organisation, region_code="", starts=MONDAY.date()
        )
    )


def test_arrival_meets_only_ones_own_clock(cast: Cast) -> None:
    row = stories.called(cast)
    commands.arrive(cast.clerk, row.pk, note="到了", longitude=116.2751234, latitude=39.855)
    row = stories.proceeding(row.pk)
    assert row.step == "on_site"
    offers = {o.organisation_id: o.seq for o in Assignment.objects.filter(proceeding=row)}
    met = {c.seq: c.met_at for c in Clock.objects.filter(proceeding=row, code="arrival")}
    assert met[offers[cast.organisations["city"].pk]] is not None
    assert met[offers[cast.organisations["safety"].pk]] is None
    assert Entry.objects.get(proceeding=row, act="arrive").given["position"] == [116.27512, 39.855]


def test_who_does_not_come_is_overdue_and_visible(cast: Cast) -> None:
    with frozen(MONDAY):
        row = stories.called(cast)
    with frozen(MONDAY + timedelta(minutes=31)):
        commands.arrive(cast.clerk, row.pk)
        enter(system("test"))
        outcomes = {one.department: one.outcome for one in queries.called([row.pk], now())[row.pk]}
        assert outcomes == {cast.organisations["city"].pk: "late", cast.organisations["safety"].pk: "missed"}
        page = cast.client("leader").get("/whistles/?tab=overdue").content.decode()
        assert row.number in page
        assert "逾期未到" in page


@pytest.mark.parametrize(("longitude", "latitude"), [(116.2, None), (999.0, 39.0), (39.8, 116.2)])
def test_a_position_is_whole_or_not_given(cast: Cast, longitude: float, latitude: float | None) -> None:
    row = stories.called(cast)
    with pytest.raises(Refused):
        commands.arrive(cast.clerk, row.pk, longitude=longitude, latitude=latitude)


def test_nobody_else_arrives_and_nobody_twice(cast: Cast) -> None:
    row = stories.arrived(cast)
    with pytest.raises(Refused, match="记过到场"):
        commands.arrive(cast.clerk, row.pk)
    with pytest.raises(Refused):
        commands.arrive(cast.leader, row.pk)


def test_work_comes_after_arrival(cast: Cast) -> None:
    row = stories.called(cast)
    with pytest.raises(Refused):
        commands.work(cast.clerk, row.pk, note="拆了")
    commands.arrive(cast.clerk, row.pk)
    commands.work(cast.clerk, row.pk, note="拆了插线板")
    with pytest.raises(Refused, match="先记录到场"):
        commands.work(safety_clerk(cast), row.pk, note="没到也记")


def test_the_last_to_finish_asks_the_whistler(cast: Cast) -> None:
    row = stories.arrived(cast)
    other = safety_clerk(cast)
    commands.finish(cast.clerk, row.pk, note="拆完了")
    assert stories.proceeding(row.pk).step == "on_site"
    with pytest.raises(Refused):
        commands.finish(cast.clerk, row.pk, note="再报一次")
    commands.arrive(other, row.pk)
    commands.finish(other, row.pk, note="已教育并登记")
    row = stories.proceeding(row.pk)
    assert row.step == "confirming"
    assert row.due_clock == "confirmation"


def test_a_call_taken_back_after_the_others_finished_also_asks(cast: Cast) -> None:
    row = stories.arrived(cast)
    commands.finish(cast.clerk, row.pk, note="拆完了")
    commands.stand_down(cast.secretary, row.pk, to=cast.organisations["safety"].pk, note="不用来了")
    assert stories.proceeding(row.pk).step == "confirming"


def test_the_department_sees_what_it_must_do_now(cast: Cast) -> None:
    row = stories.called(cast)
    client = cast.client("clerk")
    assert row.number in client.get("/whistles/").content.decode()
    assert "吹哨" in client.get("/desk/").content.decode()
    page = client.get(f"/whistles/{row.number}/").content.decode()
    assert "我们到了" in page
    answer = client.post(
        f"/whistles/{row.number}/act/arrive/", {"note": "到了", "seen": row.entry_count, "_nonce": "x"}
    )
    assert answer.status_code == 302
    assert "报处置完成" in client.get(f"/whistles/{row.number}/").content.decode()
    address = reverse("whistles:act", args=[row.number, "work"])
    stale = client.post(address, {"note": "拆了", "seen": row.entry_count, "_nonce": "y"})
    assert stale.status_code == 409
    assert "拆了" in stale.content.decode()
