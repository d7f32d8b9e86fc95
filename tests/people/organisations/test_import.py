"""Organisations from a sheet: a preview with errors by row and column, then the good rows or nothing."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.exchange import Problem, SheetError
from linli.base.scope import enter
from linli.people.organisations import commands, importing
from linli.people.organisations.models import Organisation, Responsibility
from tests.cast import GRID, GRID_2, HERE, STREET, Cast

HEAD = "名称,类别,所在区划,简称,上级,职责领域,服务电话,责任区"
GOOD = f"""{HEAD}
春光楼党小组,楼院党小组,{GRID},,第一网格党支部,,,
第一网格党支部,网格党支部,{GRID},一支部,北里党总支,,,
北里党总支,社区党总支,{HERE},,丰台街道党工委,,,
新安物业公司,property_firm,{HERE},,,,010-1,{GRID}、{GRID_2}
"""


def rows(text: str) -> list[tuple[int, dict[str, str]]]:
    found, problems = importing.read(text.encode(), "sheet.csv")
    assert problems == []
    return found


def test_parents_come_first_whatever_their_order_in_the_sheet(cast: Cast) -> None:
    plan = importing.plan(rows(GOOD))
    assert plan.problems == []
    order = [row.values["name"] for row in plan.created]
    assert order.index("北里党总支") < order.index("第一网格党支部") < order.index("春光楼党小组")
    counts = commands.import_sheet(cast.sysadmin, rows=rows(GOOD))
    assert counts == {"created": 4, "same": 0, "refused": 0}
    group = Organisation.objects.get(name="春光楼党小组")
    assert group.parent is not None and group.parent.parent is not None
    assert [group.parent.name, group.parent.parent.name] == ["第一网格党支部", "北里党总支"]
    assert group.parent.parent.parent == cast.organisations["committee"]
    answers = Responsibility.objects.filter(organisation__name="新安物业公司").values_list("region_code", flat=True)
    assert sorted(answers) == [GRID, GRID_2]


def test_a_second_run_changes_nothing(cast: Cast) -> None:
    commands.import_sheet(cast.sysadmin, rows=rows(GOOD))
    again = importing.plan(rows(GOOD))
    assert (again.created, len(again.same)) == ([], 4)
    with pytest.raises(Refused, match="没有可以新设"):
        commands.import_sheet(cast.sysadmin, rows=rows(GOOD))


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (f",社区居委会,{HERE},,,,,", "名称", "没有填名称"),
        (f"甲,俱乐部,{HERE},,,,,", "类别", "俱乐部"),
        ("甲,共建单位,999,,,,,", "所在区划", "999"),
        (f"甲,物业企业,{HERE},,,,,123、{GRID}", "责任区", "123"),
        (f"甲,楼院党小组,{GRID},,,,,", "上级", "要写明上级"),
        (f"甲,社区党总支,{HERE},,没有的党工委,,,", "上级", "没有叫“没有的党工委”"),
        (f"甲,社区党总支,{HERE},,丰台街道办事处,,,", "上级", "不能做它的上级"),
        (f"{'长' * 81},物业企业,{HERE},,,,,", "名称", "最多 80"),
        (f"甲,物业企业,{HERE},{'长' * 31},,,,", "简称", "最多 30"),
        (f"新安物业公司,物业企业,{HERE},,,,,", "名称", "同一个组织"),
        (f"甲,党（工）委,{STREET},,乙,,,\n乙,党(工)委,{STREET},,甲,,,", "上级", "绕了一圈"),
    ],
)
def test_each_mistake_is_named_by_row_and_column(cast: Cast, line: str, column: str, reason: str) -> None:
    given = rows(GOOD + line + "\n")
    plan = importing.plan(given)
    assert plan.problems[0].row == 6 and plan.problems[0].column == column
    assert reason in plan.problems[0].reason
    assert len(plan.created) == 4, "the others are good"
    before = Organisation.objects.count()
    with pytest.raises(Refused, match="一行也没有写"):
        commands.import_sheet(cast.sysadmin, rows=given)
    assert Organisation.objects.count() == before
    assert commands.import_sheet(cast.sysadmin, rows=given, only_good=True)["created"] == 4


def test_below_a_wrong_row_nothing_is_founded(cast: Cast) -> None:
    broken = GOOD.replace(f"北里党总支,社区党总支,{HERE}", "北里党总支,社区党总支,999")
    plan = importing.plan(rows(broken))
    assert [row.values["name"] for row in plan.created] == ["新安物业公司"]
    assert sorted(problem.row for problem in plan.problems) == [2, 3, 4]


def test_a_name_that_several_have_must_be_told_apart(cast: Cast) -> None:
    for name in ("甲党总支", "乙党总支"):
        commands.found(cast.sysadmin, name=name, short_name="总支", kind="general_branch", region_code=HERE)
    plan = importing.plan(rows(f"{HEAD}\n丙支部,网格党支部,{GRID},,总支,,,\n"))
    assert "有几个" in plan.problems[0].reason


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "x.csv", "没有内容"),
        (b"a,b\n1,2\n", "x.csv", "没有“名称”"),
        ("名称,类别,所在区划\n".encode(), "x.csv", "没有一行"),
        (b"x", "x.pdf", "CSV 或 Excel"),
        (b"not a workbook", "x.xlsx", "打不开"),
        (("名称,类别,所在区划\n" + "甲,乙,1\n" * 2001).encode(), "x.csv", "最多 2000 行"),
        (b"a" * (importing.MAX_BYTES + 1), "x.csv", "太大"),
    ],
)
def test_what_is_no_sheet_of_organisations_is_refused(content: bytes, name: str, said: str) -> None:
    with pytest.raises(SheetError, match=said):
        importing.read(content, name)


def test_a_sheet_in_gbk_is_read_and_a_broken_row_is_named() -> None:
    found, problems = importing.read((GOOD + "多,了,一,列,啊,啊,啊,啊,啊\n").encode("gbk"), "x.csv")
    assert len(found) == 4 and problems == [Problem(6, "", "有 9 列，表头只有 8 列。")]


# --- pages -----------------------------------------------------------------------------------------------------------


def upload(client: Any, text: str) -> Any:
    return client.post("/organisations/import/", {"file": SimpleUploadedFile("单位.csv", text.encode())})


def kept(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_looking_first_then_writing(cast: Cast) -> None:
    client = cast.client("sysadmin")
    assert client.get("/organisations/import/").status_code == 200
    page = upload(client, f"{GOOD}甲,俱乐部,{HERE},,,,,\n").content.decode()
    assert "只导入没有错误的 4 行" in page and "俱乐部" in page and "春光楼党小组" in page
    enter(system("test"))
    assert not Organisation.objects.filter(name="北里党总支").exists(), "a preview writes nothing"
    answer = client.post("/organisations/import/apply/", {"kept": kept(page), "only_good": "1"}, follow=True)
    assert "新设 4，已有 0，跳过 1" in answer.content.decode()
    enter(system("test"))
    assert Organisation.objects.filter(name="北里党总支").exists()


def test_what_became_wrong_meanwhile_is_shown_and_nothing_is_written(cast: Cast) -> None:
    client = cast.client("sysadmin")
    page = upload(client, GOOD).content.decode()
    assert "导入 4 行" in page
    enter(system("test"))
    commands.rename(cast.sysadmin, cast.organisations["committee"], name="改了名的党工委")
    answer = client.post("/organisations/import/apply/", {"kept": kept(page)})
    assert answer.status_code == 422 and "一行也没有写" in answer.content.decode()
    enter(system("test"))
    assert not Organisation.objects.filter(name="新安物业公司").exists()


def test_a_page_that_was_tampered_with_is_not_believed(cast: Cast) -> None:
    client = cast.client("sysadmin")
    page = upload(client, GOOD).content.decode()
    for wrong in ("", "x" + kept(page), "x"):
        answer = client.post("/organisations/import/apply/", {"kept": wrong}, follow=True)
        assert "请重新上传" in answer.content.decode()


def test_what_cannot_be_read_stands_beside_the_file(cast: Cast) -> None:
    answer = upload(cast.client("sysadmin"), "a,b\n1,2\n")
    assert answer.status_code == 422 and "没有“名称”" in answer.content.decode()


def test_what_the_register_exports_can_be_brought_in_again(cast: Cast) -> None:
    client = cast.client("sysadmin")
    sheet = client.get("/organisations/export.csv")
    enter(system("test"))
    found, problems = importing.read(sheet.getvalue(), "export.csv")  # type: ignore[attr-defined]
    plan = importing.plan(found)
    assert (problems, plan.problems, plan.created) == ([], [], [])
    assert len(plan.same) == Organisation.objects.count()
    template = client.get("/organisations/import/template.csv").content
    assert importing.read(template, "t.csv")[0][0][1]["kind"] == "街道办事处"


def test_it_is_for_those_who_may_edit(cast: Cast) -> None:
    for who in ("leader", "secretary"):
        assert cast.client(who).get("/organisations/import/").status_code == 404
        assert cast.client(who).post("/organisations/import/apply/", {"kept": "x"}).status_code == 404
