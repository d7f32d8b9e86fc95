"""Taking the list out as a sheet, and dispatching several cases at once."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands.models import AuditRow
from linli.base.exchange import read_rows
from linli.base.scope import enter
from linli.matters.cases import commands
from tests.cast import Cast
from tests.matters.cases.stories import PHONE, answered, dispatched, filed, handling, proceeding


def sheet(cast: Cast, who: str, query: str = "tab=open") -> list[list[str]]:
    answer = cast.client(who).get(f"/cases/export.csv?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_sheet_holds_what_the_list_shows_with_contacts_masked(cast: Cast) -> None:
    row, hidden = handling(cast, text="灯坏了,打13912345678"), filed(cast, there=True)
    lines = sheet(cast, "secretary")
    assert lines[0][:3] == ["编号", "事项", "诉求内容"]
    assert [line[0] for line in lines[1:-1]] == [row.number]
    content = str(lines)
    assert PHONE not in content
    assert "13912345678" not in content
    assert "张三丰" not in content
    assert "张**" in content
    assert "138****8000" in content
    assert hidden.number not in content
    mark = lines[-1][0]
    assert "舒书记" in mark
    assert "1 行" in mark
    assert "全部在办" in mark


def test_filters_hold_for_the_sheet_as_well(cast: Cast) -> None:
    one, two = filed(cast, channel="telephone"), filed(cast, channel="web")
    numbers = [line[0] for line in sheet(cast, "dispatcher", "tab=open&channel=web")[1:-1]]
    assert numbers == [two.number]
    assert one.number not in numbers
    assert [line[0] for line in sheet(cast, "dispatcher", "tab=open&q=灯坏&channel=telephone")[1:-1]] == [one.number]


def test_formulas_stay_text(cast: Cast) -> None:
    filed(cast, text='=HYPERLINK("http://x","点我")楼道灯坏了')
    lines = sheet(cast, "dispatcher")
    assert all(not cell.startswith(("=", "+", "@")) for line in lines for cell in line)
    with zipfile.ZipFile(io.BytesIO(workbook(cast, "dispatcher"))) as book:
        content = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<f>" not in content
    assert "HYPERLINK" in content


def workbook(cast: Cast, who: str) -> bytes:
    answer = cast.client(who).get("/cases/export.xlsx?tab=open")
    assert answer.status_code == 200
    return answer.getvalue()


def test_a_workbook_holds_the_same_rows(cast: Cast, tmp_path: Path) -> None:
    row = handling(cast)
    path = tmp_path / "cases.xlsx"
    path.write_bytes(workbook(cast, "secretary"))
    lines = [line for _number, line in read_rows(path)]
    assert lines[0]["编号"] == row.number
    assert "舒书记" in lines[-1]["编号"]


def test_who_took_what_stands_in_the_audit(cast: Cast) -> None:
    filed(cast)
    sheet(cast, "dispatcher", "tab=open&channel=web&q=灯坏13812345678")
    enter(system("test"))
    trace = AuditRow.objects.get(command="cases.export")
    assert trace.detail["tab"] == "open"
    assert trace.detail["form"] == "csv"
    assert "渠道 网页" in trace.detail["conditions"]
    assert "13812345678" not in trace.detail["conditions"]


def test_only_whoever_may_export_can(cast: Cast) -> None:
    filed(cast)
    for who in ("grid_worker", "clerk", "manager", "auditor", "sysadmin"):
        assert cast.client(who).get("/cases/export.csv").status_code == 404, who
        assert "export.csv" not in cast.client("grid_worker").get("/cases/").content.decode()
    assert cast.client("dispatcher").get("/cases/export.pdf").status_code == 404
    assert len(sheet(cast, "neighbour")) == 2


def test_the_unit_a_case_is_about_gets_not_even_a_mask(cast: Cast) -> None:
    handling(cast, about_id=cast.organisations["here"].pk)
    content = str(sheet(cast, "secretary"))
    assert "张**" not in content
    assert "138****" not in content


def test_more_rows_cost_no_more_statements(cast: Cast) -> None:
    def statements() -> int:
        sheet(cast, "dispatcher")
        with CaptureQueriesContext(connection) as seen:
            sheet(cast, "dispatcher")
        return len(seen)

    filed(cast)
    one = statements()
    for _ in range(4):
        filed(cast)
    assert statements() == one


def test_a_long_list_is_cut_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.matters.cases.sheets.ROWS_MOST", 2)
    for _ in range(3):
        filed(cast)
    lines = sheet(cast, "dispatcher")
    assert len(lines) == 4
    assert "只导出了最前面的 2 行" in lines[-1][0]


def many(cast: Cast, who: str, **given: Any) -> Any:
    return cast.client(who).post("/cases/dispatch/", given)


def test_several_cases_are_dispatched_after_a_second_look_and_each_says_what_came_of_it(cast: Cast) -> None:
    one, two, gone = filed(cast), filed(cast), filed(cast)
    here = cast.organisations["here"].pk
    numbers = [one.number, two.number, gone.number]
    asked = many(cast, "dispatcher", case=numbers, to=here).content.decode()
    assert "确认派单" in asked
    assert all(number in asked for number in numbers)
    assert proceeding(one.pk).step == "filed"
    seen = {f"seen-{row.number}": row.entry_count for row in (one, two, gone)}
    commands.dispatch(cast.dispatcher, gone.pk, to=here)  # somebody else was faster
    told = many(cast, "dispatcher", case=numbers, to=here, confirmed="1", **seen).content.decode()
    assert "派出 2 件，没有派出 1 件" in told
    assert "刚刚有了新的办理记录" in told
    assert [proceeding(row.pk).lead_id for row in (one, two)] == [here, here]


def test_sending_the_confirmation_twice_dispatches_once(cast: Cast) -> None:
    one, two = filed(cast), filed(cast)
    client = cast.client("dispatcher")
    given = {"case": [one.number, two.number], "to": cast.organisations["here"].pk, "confirmed": "1", "_nonce": "m"}
    first, second = client.post("/cases/dispatch/", given), client.post("/cases/dispatch/", given)
    assert "派出 2 件" in first.content.decode()
    assert "派出 2 件" in second.content.decode()
    assert [proceeding(row.pk).entry_count for row in (one, two)] == [one.entry_count + 1, two.entry_count + 1]


def test_nothing_chosen_no_unit_and_what_is_out_of_scope(cast: Cast) -> None:
    row, there = filed(cast), filed(cast, there=True)
    assert many(cast, "dispatcher").status_code == 302
    answer = many(cast, "dispatcher", case=[row.number], to="")
    assert answer.status_code == 422
    assert "请选要派给的单位" in answer.content.decode()
    assert row.number in answer.content.decode()
    assert many(cast, "dispatcher", case=["x", "\x00"], to="1").status_code in (302, 400)
    assert many(cast, "secretary", case=[there.number]).status_code == 404
    assert many(cast, "neighbour", case=[row.number]).status_code == 404


def test_the_desk_chooses_rows_only_where_they_wait_for_dispatch(cast: Cast) -> None:
    filed(cast), dispatched(cast), answered(cast)
    client = cast.client("dispatcher")
    assert 'name="case"' in client.get("/cases/?tab=dispatch").content.decode()
    assert 'name="case"' not in client.get("/cases/?tab=open").content.decode()
