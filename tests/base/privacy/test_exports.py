"""Lists of people leave with a purpose, above the limit with a second person, and marked in every row."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from linli.base import clockwork, policies
from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.privacy import commands, queries
from linli.base.privacy.models import Export
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, POINT_HERE, Cast

ASK = {"what": "工单", "conditions": "", "address": "/cases/export.csv", "purpose": "check"}


def text_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8-sig"))


@pytest.fixture
def small(cast: Cast) -> Cast:
    """A limit of two rows, and three cases."""
    data = registry.shipped()["protection"] | {
        "export_limit": 2,
        "examples": [{"given": {"rows": 3}, "expect": True}],
    }
    draft = publishing.draft(system("test"), code="protection", data=data, basis="test")
    publishing.publish(system("test"), draft)
    policies.forget()
    for number in range(3):
        cases.file(
            cast.secretary, text=f"楼道灯不亮第{number}盏", channel="counter", name="诸葛流年", phone="13800138007",
            longitude=POINT_HERE[0], latitude=POINT_HERE[1],
        )  # fmt: skip
    enter(system("test"))
    return cast


def test_a_short_list_leaves_at_once_and_every_row_carries_its_number(cast: Cast) -> None:
    cases.file(cast.secretary, text="灯不亮", channel="counter", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    text = text_of(cast.client("dispatcher").get("/cases/export.csv?tab=open"))
    enter(system("test"))
    row = Export.objects.get()
    lines = text.strip().splitlines()
    assert (row.state, row.rows) == ("taken", 1)
    assert lines[1].endswith(f"#{row.pk}")
    assert "派小单" in lines[-1]
    assert f"编号 #{row.pk}" in lines[-1]


def test_a_long_list_needs_a_purpose_and_somebody_else(small: Cast) -> None:
    taker, leader = small.client("dispatcher"), small.client("leader")
    asked = taker.get("/cases/export.csv?tab=open")
    assert "请人同意" in asked.content.decode()
    assert "诸葛" not in asked.content.decode()
    answer = taker.get("/cases/export.csv?tab=open&purpose=check")
    assert answer.status_code == 302
    page = taker.get(answer["Location"]).content.decode()
    assert "等待审批" in page
    assert 'name="agree"' not in page
    enter(system("test"))
    row = Export.objects.get()
    assert row.state == "asked"
    assert leader.post(f"/privacy-office/exports/{row.pk}/", {"agree": "1", "reason": "核对"}).status_code == 302
    sheet = text_of(taker.get(row.address))
    assert sheet.count(f"#{row.pk}") == 4
    assert "审批：凌主任" in sheet
    assert "用途：核对台账" in sheet
    again = taker.get(row.address)
    assert again.status_code == 302, "an agreement holds once"


def test_nobody_agrees_to_their_own_and_a_refusal_has_a_reason(small: Cast) -> None:
    row = commands.take(small.leader, rows=3, **ASK)
    with pytest.raises(Refused, match="换一位"):
        commands.decide_export(small.leader, row.pk, agree=True)
    enter(system("test"))
    row = commands.take(small.dispatcher, rows=3, **ASK)
    with pytest.raises(Refused) as refused:
        commands.decide_export(small.leader, row.pk, agree=False)
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="工作范围"):
        commands.decide_export(small.neighbour, row.pk, agree=True)
    commands.decide_export(small.leader, row.pk, agree=False, reason="用不着这么多")
    with pytest.raises(Refused, match="审批过"):
        commands.decide_export(small.leader, row.pk, agree=True)


def test_an_agreement_is_for_this_list_only(small: Cast) -> None:
    row = commands.take(small.dispatcher, rows=3, **ASK)
    commands.decide_export(small.leader, row.pk, agree=True)
    enter(system("test"))
    other = commands.take(small.dispatcher, rows=3, **(ASK | {"address": "/cases/export.csv?tab=all"}))
    grown = commands.take(small.dispatcher, rows=30, **ASK)
    assert (other.state, grown.state) == ("asked", "asked")
    assert commands.take(small.dispatcher, rows=3, **ASK).state == "taken"


def test_a_purpose_of_ones_own_is_none(small: Cast) -> None:
    for purpose in ("", "because"):
        with pytest.raises(Refused) as refused:
            commands.take(small.dispatcher, rows=3, **(ASK | {"purpose": purpose}))
        assert refused.value.field == "purpose"


def test_a_workbook_says_it_in_its_properties(cast: Cast) -> None:
    cases.file(cast.secretary, text="灯不亮", channel="counter", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    answer = cast.client("dispatcher").get("/cases/export.xlsx?tab=open")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        properties, sheet = (book.read(name).decode() for name in ("docProps/core.xml", "xl/worksheets/sheet1.xml"))
    assert re.search(r"派小单 .* 编号 #\d+", properties)
    assert re.search(r"<oddFooter>.*派小单.*</oddFooter>", sheet)


def test_the_register_of_residents_always_asks_what_for(cast: Cast) -> None:
    page = cast.client("secretary").get("/residents/export.csv").content.decode()
    assert "走访、关怀" in page
    sheet = text_of(cast.client("secretary").get("/residents/export.csv?purpose=visit"))
    assert "用途：走访、关怀" in sheet


def told(*keys: int) -> commands.Told:
    return commands.Told("residents.person", keys, ("residents.person.name",))


def test_a_long_list_is_not_made_short_by_cutting_it(small: Cast) -> None:
    """Everybody counts once whom this account took in the last day, also by other lists; what a second person agreed to does not."""

    def took(rows: int, keys: tuple[int, ...], address: str) -> str:
        enter(system("test"))
        given = ASK | {"address": f"/residents/export.csv?{address}"}
        return str(commands.take(small.dispatcher, rows=rows, told=told(*keys), **given).state)

    with clockwork.frozen(MONDAY):
        assert took(1, (1,), "one") == "taken"
        assert took(2, (1, 2), "both") == "taken", "the same person again"
        assert took(1, (3,), "other") == "asked"
        enter(system("test"))
        mine = commands.take(small.leader, rows=1, told=told(3), **ASK)
        assert mine.state == "taken", "another account has its own"
        asked = Export.objects.get(state="asked")
        commands.decide_export(small.leader, asked.pk, agree=True)
        assert took(1, (3,), "other") == "taken"
        assert took(1, (2,), "again") == "taken", "what was agreed to is not counted"
        assert took(1, (4,), "more") == "asked"
    with clockwork.frozen(MONDAY + timedelta(hours=25)):
        assert took(2, (5, 6), "next day") == "taken"


def test_who_cuts_a_list_is_told_why_somebody_must_agree(small: Cast) -> None:
    taker = small.client("dispatcher")
    enter(system("test"))
    numbers = list(Proceeding.objects.order_by("pk").values_list("number", flat=True))
    pages = [taker.get("/cases/export.csv", {"tab": "open", "q": number}) for number in numbers]
    assert [page.streaming for page in pages] == [True, True, False]
    page = pages[2].content.decode()
    assert "连同您最近 24 小时导出的" in page and "请人同意" in page


def test_whoever_sees_everything_sees_the_exports_of_others(small: Cast) -> None:
    row = commands.take(small.dispatcher, **(ASK | {"rows": 3}))
    assert queries.exports(system("test")).filter(pk=row.pk).exists()
    assert not queries.exports(small.neighbour).filter(pk=row.pk).exists()
