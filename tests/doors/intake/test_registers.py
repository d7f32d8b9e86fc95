"""Sheets into the registers: staged, recognised, checked cell by cell, brought in, taken back; and what can go wrong."""

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.base.actor import Actor, system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.doors.intake.registers import commands, running, showing, targets
from linli.doors.intake.registers.models import Brought, RegisterImport, RememberedMapping
from linli.doors.intake.registers.opening import head_of
from linli.people.organisations.models import Organisation
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact
from linli.places.addresses.models import Building, Dwelling
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WOMAN, MAN = "11010519491231002X", "110106195603013217"
HEAD = "序号,姓名,性别,出生日期,民族,联系电话,居住地址,与户主关系,政治面貌,备注"
ZHANG = "1,张三,男,1956年3月1日,汉族,138 0013 8000,春光里小区3号楼2单元501,户主,群众,爱下棋"
LI = "2,李四,女,1958/7/9,回族,13900139000,春光里小区3-2-501,配偶,,"


def csv(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\n".join([head, *rows]).encode(encoding)


def staged(actor: Actor, content: bytes, name: str = "居民.csv") -> RegisterImport:
    row: RegisterImport = commands.stage(actor, content=content, file_name=name)
    return row


def checked(actor: Actor, content: bytes, name: str = "居民.csv", **options: Any) -> RegisterImport:
    row = staged(actor, content, name)
    commands.check(actor, row, target=row.target, columns=row.columns, options={**row.options, **options})
    running.run(row.pk, "checking")
    return again(row)


def applied(actor: Actor, row: RegisterImport, *, whole: bool = False) -> RegisterImport:
    commands.start(actor, row, whole=whole)
    running.run(row.pk, "applying")
    return again(row)


def again(row: RegisterImport) -> RegisterImport:
    enter(system("test"))
    return RegisterImport.objects.get(pk=row.pk)


def told(row: RegisterImport) -> list[tuple[int, str, str]]:
    return showing.problem_lines(row, head_of(row))


# -- residents -------------------------------------------------------------------------------------------------------


def test_people_come_in_with_their_dwelling_and_household(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG, LI))
    assert (row.state, row.target, row.rows, row.good, row.wrong) == ("checked", "residents", 2, 2, 0)
    assert not Person.objects.exists(), "a check writes nothing"
    row = applied(cast.secretary, row, whole=True)
    assert (row.state, row.done) == ("done", 2)
    home = Dwelling.objects.get()
    assert (home.building, home.unit_name, home.room_name) == (cast.building, "2", "501")
    assert {person.dwelling_id for person in Person.objects.all()} == {home.pk}
    household = Household.objects.get()
    assert household.head is not None and household.head.sex == "1"
    assert [str(person.name) for person in Person.objects.order_by("pk")] == ["张*", "李*"]
    assert {brought.kind for brought in Brought.objects.all()} == {"dwellings", "residents"}
    assert AuditRow.objects.filter(command="residents.register_many").count() == 1


def test_what_is_never_collected_is_recognised_and_cannot_be_chosen(cast: Cast) -> None:
    row = staged(cast.secretary, csv(ZHANG))
    columns = {one.header: one for one in showing.columns_of(head_of(row), targets.get("residents"))}
    assert columns["民族"].never and "不收民族" in columns["民族"].why and columns["民族"].sample == ""
    assert columns["政治面貌"].never and "备注" in columns["备注"].why
    assert columns["姓名"].sample == "张*" and columns["联系电话"].sample == "138****8000"
    with pytest.raises(Refused, match="不收民族"):
        commands.check(cast.secretary, row, target="residents", columns={**row.columns, "tenure": 4}, options={})


def test_errors_stand_at_their_cells(cast: Cast) -> None:
    row = checked(
        cast.secretary,
        csv(
            ZHANG,
            "2,,女,1958/7/9,,,春光里小区3-2-502,,,",
            "3,王五,女,1958-02-30,,,春光里小区3-2-502,,,",
            "4,赵六,汉,1958-02-03,,,春光里小区3-2-502,,,",
            "5,孙七,男,1958-02-03,,1234,春光里小区3-2-502,,,",
            "6,周八,男,1958-02-03,,,夏荷里小区3-2-502,,,",
            "7,吴九,男,1958-02-03,,,春光里小区9号楼2单元502,,,",
            "8,郑十,男,1958-02-03,,,,,,",
        ),
    )
    assert (row.good, row.wrong, row.rows) == (1, 7, 8)
    where = {number: (column, reason) for number, column, reason in told(row)}
    assert where[3] == ("B 姓名", "没有写姓名")
    assert where[4][0] == "D 出生日期" and "没有这一天" in where[4][1]
    assert where[5][0] == "C 性别" and where[6][0] == "F 联系电话"
    assert where[7][0] == where[8][0] == where[9][0] == "G 居住地址"
    assert "小区" in where[7][1] and "楼" in where[8][1] and "没有写住在哪里" in where[9][1]
    with pytest.raises(Refused, match="还没有改好"):
        commands.start(cast.secretary, row, whole=True)
    assert applied(cast.secretary, row).done == 1


def test_the_same_row_twice_and_who_is_there_already(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG, ZHANG.replace("1,", "9,", 1), LI))
    assert (row.good, row.twins, row.known) == (2, 1, 0)
    assert (3, "", "和第 2 行重复") in told(row)
    applied(cast.secretary, row)
    row = checked(cast.secretary, csv(ZHANG, LI, LI.replace("李四", "李小四").replace("13900139000", "")))
    assert (row.good, row.known) == (1, 2)


def test_identity_numbers_check_the_row_and_are_kept_only_for_a_basis(cast: Cast) -> None:
    head = "姓名,身份证号,性别,出生日期,住址"
    place = "春光里小区3号楼501"
    row = checked(
        cast.secretary,
        csv(
            f"王一,{WOMAN},女,1949-12,{place}",
            f"王二,{WOMAN[:-1]}1,女,,{place}",
            f"王三,{MAN},女,,{place}",
            f"王四,{MAN},男,1949-12-31,{place}",
            f"王五,{WOMAN.lower()},,,{place}",
            head=head,
        ),
    )
    problems = told(row)
    assert [number for number, _c, _r in problems] == [3, 4, 5, 6]
    assert "校验码" in problems[0][2] and "性别" in problems[1][2] and "出生日期" in problems[2][2]
    assert problems[3][2] == "和第 2 行重复"
    assert not any(WOMAN[:17] in reason for _n, _c, reason in problems), "a reason never repeats the number"
    applied(cast.secretary, row)
    person = Person.objects.get()
    assert (person.identity, person.statutory_basis, person.birth_year, person.sex) == (None, "", 1949, "2")
    other = csv(f"赵一,{MAN},,,{place}", head=head)
    applied(cast.secretary, checked(cast.secretary, other, basis="old_age_allowance"))
    kept = Person.objects.exclude(statutory_basis="").get()
    assert kept.identity is not None and str(kept.identity) != MAN


def test_of_a_minor_only_the_guardian_is_reached(cast: Cast) -> None:
    head = "姓名,出生年月,手机号,监护人姓名,监护人电话,家庭住址"
    child = "张小三,2018.03,13700137000,张三,13800138000,春光里小区3号楼501"
    row = applied(cast.secretary, checked(cast.secretary, csv(child, head=head)))
    assert row.done == 1
    person = Person.objects.get()
    assert person.phone is None and person.birth_year == 2018
    assert str(Contact.objects.get().phone) == "138****8000"


def test_care_is_a_group_and_never_an_illness(cast: Cast) -> None:
    head = "姓名,出生日期,住址,关爱对象类别"
    rows = [
        f"{name},1950-01-01,春光里小区3号楼{room},{words}"
        for name, room, words in [
            ("王一", 101, "独居老人"),
            ("王二", 102, "高血压"),
            ("王三", 103, "残疾人"),
            ("王四", 104, "无"),
        ]
    ]
    row = checked(cast.secretary, csv(*rows, head=head))
    problems = told(row)
    assert [(number, column) for number, column, _r in problems] == [(3, "D 关爱对象类别")]
    row = applied(cast.secretary, row)
    assert row.done == 2 and row.wrong == 2, "without consent a sensitive group does not come in"
    assert CareNeed.objects.count() == 1
    row = checked(cast.secretary, csv(rows[2], head=head), consent="self")
    assert applied(cast.secretary, row).done == 1


def test_tenants_are_the_people_of_a_list_of_tenants(cast: Cast) -> None:
    head = "房东姓名,房东电话,承租人姓名,承租人电话,租住地址"
    row = staged(cast.secretary, csv("钱一,13600136000,孙二,13500135000,春光里小区3号楼101", head=head))
    assert (row.target, row.columns) == ("residents", {"name": 2, "phone": 3, "address": 4})
    commands.check(
        cast.secretary, row, target="residents", columns=row.columns, options={"kind": "tenant", "doors": True}
    )
    running.run(row.pk, "checking")
    applied(cast.secretary, again(row))
    assert Person.objects.get().kind == "tenant"


def test_a_place_of_others_is_refused(cast: Cast) -> None:
    row = checked(cast.neighbour, csv(ZHANG))
    assert row.good == 0 and "不在您负责的区划里" in told(row)[0][2]


def test_missing_dwellings_are_entered_only_when_that_is_wanted(cast: Cast) -> None:
    row = checked(cast.secretary, csv(ZHANG), doors=False)
    assert row.good == 0 and "一并登记" in told(row)[0][2]
    assert not Dwelling.objects.exists()


# -- taking back -----------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_as_one_act(cast: Cast) -> None:
    row = applied(cast.secretary, checked(cast.secretary, csv(ZHANG, LI)))
    commands.undo(cast.secretary, row)
    running.run(row.pk, "undoing")
    row = again(row)
    assert (row.state, row.gone, row.kept) == ("undone", 3, [])
    assert not Person.objects.exists() and not PersonFact.objects.exists()
    assert not Dwelling.objects.filter(valid_to=None).exists()
    with pytest.raises(Refused, match="没有可以撤销"):
        commands.undo(cast.secretary, row)


def test_what_somebody_has_changed_since_stays_and_is_listed(cast: Cast) -> None:
    from linli.people.residents import commands as residents

    row = applied(cast.secretary, checked(cast.secretary, csv(ZHANG, LI)))
    person = Person.objects.order_by("pk").first()
    assert person is not None
    given = residents.Given(source="visit", reason="checked")
    residents.correct(cast.secretary, person, changes={"birth_year": 1957}, given=given)
    commands.undo(cast.secretary, row)
    running.run(row.pk, "undoing")
    row = again(row)
    assert row.state == "undone" and row.gone == 1
    assert [(kind, key) for kind, key, _reason in row.kept] == [
        ("residents", person.pk),
        ("dwellings", person.dwelling_id),
    ]
    assert list(Person.objects.values_list("pk", flat=True)) == [person.pk]


# -- dwellings and organisations -------------------------------------------------------------------------------------


def test_dwellings(cast: Cast) -> None:
    head = "小区名称,楼栋,单元,房号,建筑面积(平方米),房屋用途"
    rows = [
        "春光里小区,3,1,101,80,自住",
        "春光里小区,3号楼,1单元,102室,80,出租",
        "春光里小区,3,1,101,80,自住",
        "春光里小区,8,1,101,,",
    ]
    row = checked(cast.secretary, csv(*rows, head=head), "房屋台账.csv")
    assert (row.target, row.good, row.twins, row.wrong) == ("dwellings", 2, 1, 1)
    row = applied(cast.secretary, row)
    assert list(Dwelling.objects.order_by("pk").values_list("unit_name", "room_name", "use")) == [
        ("1", "101", "home"),
        ("1", "102", "let"),
    ]
    assert checked(cast.secretary, csv(*rows, head=head)).known == 2
    commands.undo(cast.secretary, row)
    running.run(row.pk, "undoing")
    assert not Dwelling.objects.filter(valid_to=None).exists()


def test_organisations(cast: Cast) -> None:
    head = "序号,店铺名称,统一社会信用代码,经营者,联系电话,经营地址,类型"
    rows = [
        "1,老王面馆,91350100M000100Y43,王五,13800138000,春光里小区3号楼底商,个体工商户",
        "2,老李面馆,91350211M0000XUF46,李五,13800138001,,个体工商户",
        "3,老王面馆,91350100M000100Y43,王五,,,个体工商户",
        "4,飞碟基地,,,,,秘密组织",
    ]
    row = checked(cast.secretary, csv(*rows, head=head), "商户.csv")
    assert (row.target, row.good, row.twins, row.wrong) == ("organisations", 1, 1, 2)
    where = {number: (column, reason) for number, column, reason in told(row)}
    assert where[3][0] == "C 统一社会信用代码" and "校验码" in where[3][1]
    row = applied(cast.secretary, row)
    made = Organisation.objects.get(name="老王面馆")
    assert (made.kind, made.unified_code) == ("shop", "91350100M000100Y43")
    commands.undo(cast.secretary, row)
    running.run(row.pk, "undoing")
    assert again(row).gone == 1
    assert Organisation.objects.get(pk=made.pk).valid_to is not None


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
    errors = b"".join(client.get(f"{url}errors.csv").streaming_content).decode()
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
