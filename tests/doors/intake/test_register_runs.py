"""Runs of imports: cut off, all or nothing, stale; sheets that are none."""

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.doors.intake.registers import commands, running, targets
from linli.doors.intake.registers.models import Brought, RegisterImport, RememberedMapping
from linli.doors.intake.registers.opening import head_of
from linli.people.residents.models import Contact, Household, Person
from linli.places.addresses.models import Building
from tests.cast import Cast
from tests.doors.intake.sheets import LI, ZHANG, again, applied, checked, csv, staged, told

pytestmark = pytest.mark.django_db


# -- the run ---------------------------------------------------------------------------------------------------------


def many(count: int) -> bytes:
    return csv(*(f"{n},张{chr(0x4E00 + n)},男,1956-03-01,,,春光里小区3号楼{100 + n},,," for n in range(count)))


def test_a_run_that_is_cut_off_goes_on_where_it_stood(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    row = checked(cast.secretary, many(10))
    commands.start(cast.secretary, row)
    target = targets.get("residents")
    calls = []

    def killed(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt  # as good as SIGKILL: nothing of this batch is committed
        return type(target).apply(target, *given)

    monkeypatch.setattr(target, "apply", killed, raising=False)
    with pytest.raises(KeyboardInterrupt):
        running.run(row.pk, "applying")
    row = again(row)
    assert (row.state, row.done, Person.objects.count()) == ("applying", 8, 8)
    running.run(row.pk, "applying")
    row = again(row)
    assert (row.state, row.done, Person.objects.count()) == ("done", 10, 10)
    running.run(row.pk, "applying")
    assert Person.objects.count() == 10, "a job that comes twice finds its work done"


def test_all_or_nothing_leaves_nothing_when_it_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    row = checked(cast.secretary, many(6))
    commands.start(cast.secretary, row, whole=True)
    enter(system("test"))
    Building.objects.filter(pk=cast.building.pk).update(valid_to="2026-01-01")  # type: ignore[union-attr]
    running.run(row.pk, "applying")
    row = again(row)
    assert (row.state, row.done) == ("failed", 0) and "一行也没有导入" in row.message
    assert not Person.objects.exists() and not Brought.objects.exists()


def test_a_row_that_went_bad_after_the_check_is_told(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG, LI))
    applied(cast.secretary, checked(cast.secretary, csv(ZHANG)))
    row = applied(cast.secretary, row)
    assert (row.done, row.wrong) == (1, 1)


def test_resume_puts_silent_runs_back_and_forgets_what_lies_about(cast: Cast) -> None:
    from datetime import timedelta

    from linli.base.clockwork import frozen, now

    row = checked(cast.secretary, csv(ZHANG))
    lying = staged(cast.secretary, csv(LI))
    commands.start(cast.secretary, row)
    assert commands.resume(system("test")) == 0
    with frozen(now() + timedelta(minutes=5)):
        assert commands.resume(system("test")) == 1
    with frozen(now() + timedelta(days=15)):
        assert commands.resume(system("test")) == 2
    enter(system("test"))
    assert not RegisterImport.objects.filter(pk=lying.pk).exists()


def test_whoever_left_the_post_brings_nothing_in(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG))
    commands.start(cast.secretary, row)
    enter(system("test"))
    account = cast.posts["secretary"].account
    account.is_active = False
    account.save(update_fields=["is_active"])
    running.run(row.pk, "applying")
    row = again(row)
    assert row.state == "failed" and "岗位" in row.message and not Person.objects.exists()


def test_the_mapping_is_remembered_by_the_headers(cast: Cast) -> None:
    head = "甲,乙,丙"
    content = csv("张三,春光里小区3号楼101,x", head=head)
    row = staged(cast.secretary, content, "一.csv")
    assert row.target == ""
    commands.check(cast.secretary, row, target="residents", columns={"name": 0, "address": 1}, options={"doors": True})
    running.run(row.pk, "checking")
    applied(cast.secretary, again(row))
    row = staged(cast.secretary, csv("李四,春光里小区3号楼102,y", head=" 甲 ,乙:,丙"), "二.csv")
    assert (row.target, row.columns) == ("residents", {"name": 0, "address": 1})
    enter(cast.neighbour)
    assert not RememberedMapping.objects.exists()


def test_a_sheet_is_gone_from_the_shelf_when_it_is_in(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    row = checked(cast.secretary, csv(ZHANG))
    with django_capture_on_commit_callbacks(execute=True):
        row = applied(cast.secretary, row)
    with pytest.raises(FileNotFoundError):
        head_of(row)


# -- bad sheets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "没有内容"),
        (b"\n\n,,\n", "a.csv", "没有内容"),
        (b"MZ\x00\x01" * 100, "a.csv", "不是文本"),
        (b"PK\x03\x04nonsense", "a.xlsx", "打不开"),
        (b"x", "a.exe", "请上传"),
    ],
)
def test_what_is_no_sheet_is_refused_beside_the_field(cast: Cast, content: bytes, name: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        staged(cast.secretary, content, name)
    assert refused.value.field == "file"


def workbook(fill: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book)
    book.close()
    return buffer.getvalue()


def test_a_real_looking_workbook(cast: Cast) -> None:
    """A title, two header lines, a merged household, an empty column, a formula, a foot."""

    def fill(book: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "填表说明")
        page = book.add_worksheet("常住人口")
        page.merge_range(0, 0, 0, 7, "春光里小区入户登记表")
        page.write_row(1, 0, ["户号", "本人信息", "", "", "监护人", "", "", "住址"])
        page.write_row(2, 0, ["", "姓名", "性别", "年龄", "姓名", "电话", "", ""])
        page.merge_range(3, 0, 4, 0, "H1")
        page.write_row(3, 1, ["张三", "男", 70, "", "", "", "春光里小区3号楼2单元501"])
        page.write_row(4, 1, ["张小三", "男", 8, "张三", "13800138000", "", "春光里小区3号楼2单元501"])
        page.write_row(5, 0, ["H2", "李四", "女"])
        page.write_formula(5, 3, "=30+30", None, 60)
        page.write(5, 7, "春光里小区3号楼2单元502")
        page.write(6, 0, "合计：3人")

    row = staged(cast.secretary, workbook(fill), "入户登记表.xlsx")
    row = commands.lay_out(cast.secretary, row, page="常住人口")
    head = head_of(row)
    assert (head.row, head.lines, head.sheet) == (2, 2, "常住人口")
    assert row.columns == {
        "household": 0, "name": 1, "sex": 2, "age": 3, "guardian_name": 4, "guardian_phone": 5, "address": 7,
    }  # fmt: skip
    commands.check(cast.secretary, row, target="residents", columns=row.columns, options=row.options)
    running.run(row.pk, "checking")
    row = again(row)
    assert (row.rows, row.good, row.wrong) == (3, 3, 0)
    applied(cast.secretary, row)
    assert Household.objects.count() == 2 and Contact.objects.count() == 1


def test_long_numbers_that_lost_their_ends(cast: Cast) -> None:
    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["姓名", "身份证号", "住址"])
        page.write_row(1, 0, ["张三", 110105194912310021, "春光里小区3号楼101"])
        page.write_row(2, 0, ["李四", "110105491231002", "春光里小区3号楼102"])

    row = checked(cast.secretary, workbook(fill), "a.xlsx")
    assert (row.good, row.wrong) == (1, 1)
    assert "15位" in told(row)[0][2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(cast: Cast, encoding: str) -> None:
    assert checked(cast.secretary, csv(ZHANG, LI, encoding=encoding)).good == 2


def test_a_sheet_of_one_column_and_one_without_an_address(cast: Cast) -> None:
    row = staged(cast.secretary, csv("张三", "李四", head="姓名"), "a.csv")
    with pytest.raises(Refused, match="地址或房号"):
        commands.check(cast.secretary, row, target="residents", columns={"name": 0}, options={})
    with pytest.raises(Refused, match="姓名"):
        commands.check(cast.secretary, row, target="residents", columns={"address": 0}, options={})


def test_neither_consent_nor_basis_is_remembered_for_other_people(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG), consent="self", basis="old_age_allowance", kind="tenant")
    applied(cast.secretary, row)
    assert RememberedMapping.objects.get().options.get("kind") == "tenant"
    RememberedMapping.objects.update(options={"kind": "tenant", "consent": "self", "basis": "old_age_allowance"})
    options = staged(cast.secretary, csv(LI)).options
    assert (options["kind"], options["consent"], options["basis"]) == ("tenant", "none", "")


def test_laid_out_again_nothing_of_the_first_reading_stays(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    row = staged(cast.secretary, csv(ZHANG, LI.replace("李四", "李小乙")))
    first = Path(settings.HOME) / "sheets" / row.head_address
    assert first.exists()
    with django_capture_on_commit_callbacks(execute=True):
        row = commands.lay_out(cast.secretary, row, header_row=2)
    second = first.with_name(row.head_address)
    assert second.exists() and not first.exists()
    with django_capture_on_commit_callbacks(execute=True):
        commands.discard(cast.secretary, row)
    assert not second.exists() and not first.with_name(row.address).exists()
