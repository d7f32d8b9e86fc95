"""Work of a case shared out: the case waits for it, nothing ends silently, and it has its list and its page."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.cases.models import Case, Part
from linli.procedures import queries as procedures
from linli.procedures.models import Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import handling, proceeding


def shared(cast: Cast, **more: bool) -> tuple[Proceeding, Proceeding]:
    row = handling(cast)
    number = commands.share(cast.secretary, row.pk, to=cast.organisations["city"].pk, note="请换掉路边的灯杆。", **more)
    enter(system("test"))
    return proceeding(row.pk), Proceeding.objects.get(number=number)


def settle(cast: Cast, row: Proceeding) -> None:
    commands.settle(cast.call_taker, row.pk, resolved=True, satisfaction="satisfied")


def test_the_case_waits_for_what_was_shared_out(cast: Cast) -> None:
    row, part = shared(cast)
    assert (part.kind, part.step, part.parent_id, part.parent_waits) == ("part", "dispatched", row.pk, True)
    assert (part.holder, part.desk) == (cast.organisations["city"], cast.organisations["here"])
    assert not Case.objects.filter(pk=part.pk).exists(), "a share is no complaint and in no figure"
    commands.answer(cast.secretary, row.pk, note="办好了")
    with pytest.raises(Refused, match="还有 1 件分出去的办件"):
        settle(cast, row)
    commands.accept_part(cast.clerk, part.pk)
    commands.report_part(cast.clerk, part.pk, note="灯杆已换")
    commands.agree_part(cast.secretary, part.pk)
    settle(cast, row)
    assert proceeding(row.pk).closed_at is not None
    assert "share_ended" in [entry.act for entry in procedures.timeline(proceeding(row.pk))]
    assert procedures.broken_links(proceeding(part.pk)) == []


def test_what_need_not_be_waited_for_does_not_hold_it(cast: Cast) -> None:
    row, part = shared(cast, waits=False)
    commands.answer(cast.secretary, row.pk, note="办好了")
    settle(cast, row)
    commands.report_part(cast.clerk, part.pk, note="灯杆已换")
    commands.agree_part(cast.secretary, part.pk)
    assert proceeding(part.pk).result == "done"


def test_it_is_sent_back_and_never_cancelled_silently(cast: Cast) -> None:
    row, part = shared(cast)
    commands.report_part(cast.clerk, part.pk, note="看过了")
    with pytest.raises(Refused):
        commands.agree_part(cast.clerk, part.pk)
    commands.reject_part(cast.secretary, part.pk, note="还没有换")
    assert proceeding(part.pk).holder == cast.organisations["city"]
    with pytest.raises(Refused) as no:
        commands.cancel_part(cast.secretary, part.pk, note="")
    assert no.value.field == "note"
    commands.cancel_part(cast.secretary, part.pk, note="物业已经换了")
    last = procedures.timeline(proceeding(row.pk))[-1]
    assert last.act == "share_ended"
    assert "物业已经换了" in last.note
    assert proceeding(part.pk).result == "cancelled"


def test_the_list_and_the_page(cast: Cast) -> None:
    row, part = shared(cast)
    client = cast.client("clerk")
    assert part.number in client.get("/cases/parts/").content.decode()
    assert part.number not in cast.client("secretary").get("/cases/parts/").content.decode()
    assert part.number in cast.client("secretary").get("/cases/parts/?state=open").content.decode()
    address = f"/cases/parts/{part.number}/"
    page = client.get(address).content.decode()
    assert "请换掉路边的灯杆" in page
    assert client.post(f"{address}report_part/", {"note": "", "seen": 1}).status_code == 422
    assert client.post(f"{address}report_part/", {"note": "灯杆已换", "seen": 1}).status_code == 302
    assert client.post(f"{address}cancel_part/", {"note": "x", "seen": 2}).status_code in (403, 404)
    detail = cast.client("secretary").get(f"/cases/{row.number}/").content.decode()
    assert address in detail
    assert "待主办确认" in detail
    assert cast.client("secretary").post(f"{address}agree_part/", {"seen": 2}).status_code == 302
    assert cast.client("neighbour").get(address).status_code == 404
    assert cast.client("dispatcher").get("/cases/registers/parts.xlsx?state=all").status_code == 200


def test_only_the_lead_shares_and_never_with_itself(cast: Cast) -> None:
    row = handling(cast)
    city = cast.organisations["city"].pk
    with pytest.raises(Refused):
        commands.share(cast.dispatcher, row.pk, to=city, note="x")
    with pytest.raises(Refused) as no:
        commands.share(cast.secretary, row.pk, to=cast.organisations["here"].pk, note="x")
    assert no.value.field == "to"
    enter(system("test"))
    assert not Part.objects.exists()
