"""The pages of the assistant, and the forms that belong elsewhere."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.base.commands import Refused
from linli.doors.intake.registers import commands, running
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.registers.opening import head_of
from tests.cast import Cast
from tests.doors.intake.sheets import LI, ZHANG, again, csv, staged

pytestmark = pytest.mark.django_db


# -- forms that go elsewhere -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("纠纷标题/内容,纠纷类型,调解进度,发生时间", "矛盾纠纷台账"),
        ("姓名,支部信息,党委书记,支部书记,组织委员", "党组织台账"),
        ("服务记录ID,活动标题,志愿者姓名,联系电话,服务日期", "志愿服务台账"),
        ("受理单位,办结率,满意率,评分", "考核评分"),
        ("工单编号,诉求内容,处置单位", "表格导入"),
    ],
)
def test_a_form_of_another_register_is_told_plainly(cast: Cast, head: str, words: str) -> None:
    row = staged(cast.secretary, csv(",".join("1" * len(head.split(","))), head=head), "表.csv")
    assert row.target == ""
    page = cast.client("secretary").get(f"/registers/import/{row.pk}/").content.decode()
    assert words in page and "请选" in page


def test_of_a_visit_form_the_people_can_be_taken(cast: Cast) -> None:
    head = "姓名,性别,年龄,联系方式,所属单位或居住地,来访时间,来访事由,接待人姓名"
    row = staged(
        cast.secretary, csv("张三,男,70,13800138000,春光里小区3号楼101,2026-1-1,漏水,佘工", head=head), "来访.csv"
    )
    assert row.target == ""
    page = cast.client("secretary").get(f"/registers/import/{row.pk}/?target=residents").content.decode()
    assert 'value="name" selected' in page and "别人的信息" in page


# -- the pages -------------------------------------------------------------------------------------------------------


def test_the_pages_from_upload_to_undo(cast: Cast, tmp_path: Path) -> None:
    client = cast.client("secretary")
    content = csv(ZHANG, LI, "3,,男,,,,,,,", "4,,,,,,,,,")
    answer = client.post("/registers/import/", {"file": SimpleUploadedFile("居民.csv", content)})
    assert answer.status_code == 302
    url = answer.headers["Location"]
    page = client.get(url).content.decode()
    assert "不收民族" in page and 'value="name" selected' in page and "13800138000" not in page and "张三" not in page
    row = RegisterImport.objects.get()
    sent: dict[str, Any] = {f"column_{place}": code for code, place in row.columns.items()}
    sent |= {
        "target": "residents",
        "option_kind": "family",
        "option_basis": "",
        "option_consent": "none",
        "option_doors": "on",
    }
    twice = client.post(url, sent | {"column_9": "name"})
    assert twice.status_code == 422 and "已经有一列" in twice.content.decode()
    assert client.post(url, sent).status_code == 302
    assert "正在检查" in client.get(url).content.decode()
    assert client.get(f"{url}progress/").status_code == 200
    running.run(row.pk, "checking")
    page = client.get(url).content.decode()
    assert "没有写姓名" in page and "只导入没有问题的 2 行" in page and "留在表外的列" in page and "张三" not in page
    errors = client.get(f"{url}errors.csv").getvalue().decode()
    assert "没有写姓名" in errors and "张三" not in errors
    refused = client.post(f"{url}start/", {"how": "whole"})
    assert refused.status_code == 422 and "还没有改好" in refused.content.decode()
    assert client.post(f"{url}start/", {"how": "good"}).status_code == 302
    running.run(row.pk, "applying")
    assert "撤销这次导入" in client.get(url).content.decode()
    assert client.post(f"{url}undo/").status_code == 302
    running.run(row.pk, "undoing")
    assert "已撤销" in client.get(url).content.decode()
    assert client.get("/registers/import/").status_code == 200
    assert client.post(f"{url}start/").status_code == 302, "told on the page, not by an error"
    assert client.post(f"{url}discard/").headers["Location"] == url, "what brought something in is kept as a record"
    for who in ("neighbour", "grid_worker"):
        assert cast.client(who).get(url).status_code == 404


def test_laying_out_again_and_discarding(cast: Cast) -> None:
    client = cast.client("secretary")
    row = staged(cast.secretary, csv(ZHANG))
    answer = client.post(f"/registers/import/{row.pk}/layout/", {"layout-header_row": "2"})
    assert answer.status_code == 302
    row = again(row)
    assert head_of(row).row == 2 and row.columns.get("name") != 1, "what the user says is taken"
    assert client.post(f"/registers/import/{row.pk}/discard/").status_code == 302
    assert not RegisterImport.objects.exists()


def test_who_may_not_register_people_is_not_offered_them(cast: Cast) -> None:
    with pytest.raises(Refused):
        staged(cast.grid_worker, csv(ZHANG))
    row = staged(cast.secretary, csv(ZHANG))
    with pytest.raises(Refused, match="台账"):
        commands.check(cast.secretary, row, target="nothing", columns={}, options={})


def test_units_are_shown_in_clear_before_they_go_in_and_their_contacts_are_not(cast: Cast) -> None:
    head = "店铺名称,统一社会信用代码,经营者,联系电话,经营地址,类型"
    row = staged(
        cast.secretary,
        csv("老王面馆,91350100M000100Y43,王小甲,13800138000,春光里 1 号,个体工商户", head=head),
        "商户.csv",
    )
    commands.check(cast.secretary, row, target=row.target, columns=row.columns, options=row.options)
    running.run(row.pk, "checking")
    page = cast.client("secretary").get(f"/registers/import/{row.pk}/").content.decode()
    assert "老王面馆" in page and "91350100M000100Y43" in page and "春光里 1 号" in page
    assert "王小甲" not in page and "13800138000" not in page
