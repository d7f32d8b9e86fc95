"""Sheets into the registers: recognised, checked cell by cell, brought in, taken back."""

import pytest

from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.doors.intake.registers import commands, running, showing, targets
from linli.doors.intake.registers.models import Brought, RegisterImport
from linli.doors.intake.registers.opening import head_of
from linli.doors.intake.sheet import shelf
from linli.people.organisations.models import Organisation
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact
from linli.places.addresses.models import Dwelling
from tests.cast import Cast
from tests.doors.intake.sheets import LI, ZHANG, again, applied, checked, csv, staged, told

pytestmark = pytest.mark.django_db
WOMAN, MAN = "11010519491231002X", "110106195603013217"


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
    assert [(number, column) for number, column, _r in problems] == [
        (3, "D 关爱对象类别"),
        (4, "D 关爱对象类别"),  # without consent a sensitive group does not come in
    ]
    row = applied(cast.secretary, row)
    assert row.done == 2 and row.wrong == 2
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


# -- one household a block, and lists that are not taken ---------------------------------------------------------------


def test_a_household_whose_members_have_no_address_of_their_own(cast: Cast) -> None:
    head = "户号,姓名,与户主关系,性别,出生日期,住址"
    content = csv(
        "1,王小甲,户主,男,1980.5.6,春光里小区3号楼2单元501",
        ",李小乙,妻,女,1982.7.1,",
        ",王小丙,子,男,2010.1.1,",
        head=head,
    )
    content += "\n合计,3".encode()
    row = staged(cast.secretary, content)
    assert row.options["blocks"] is True, "told by the first rows, and said on the page"
    row = checked(cast.secretary, content)
    columns, lines = showing.preview(row, head_of(row), targets.get("residents"))
    address = [str(column["label"]) for column in columns].index("居住地址")
    assert [cells[address].text for _number, cells, _wrong in lines] == [lines[0][1][address].text] * 3, (
        "shown as it goes in"
    )
    row = applied(cast.secretary, row)
    assert row.done == 3 and Household.objects.count() == 1
    assert {person.dwelling_id for person in Person.objects.all()} == {Dwelling.objects.get().pk}
    assert checked(cast.secretary, content, blocks=False).wrong == 2


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("重点人员管控台账.csv", "姓名,性别,身份证号,住址,联系电话"),
        ("名册.csv", "姓名,罪名,刑期,矫正类别,住址,稳控责任人"),
        ("艾滋病随访.csv", "姓名,性别,住址,与户主关系"),
    ],
)
def test_a_list_of_watched_people_is_not_even_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str, head: str
) -> None:
    monkeypatch.setattr(shelf, "put", lambda content: pytest.fail("kept"))
    with pytest.raises(Refused, match="不给居民建"):
        staged(cast.secretary, csv(",".join("1" * len(head.split(","))), head=head), name)
    assert not RegisterImport.objects.exists()


def test_the_name_of_a_list_of_people_does_not_stay_with_a_home(cast: Cast) -> None:
    from linli.base.facts.models import Fact

    row = staged(cast.secretary, csv(ZHANG), "独居老人花名册.csv")
    commands.check(cast.secretary, row, target="residents", columns=row.columns, options=row.options)
    running.run(row.pk, "checking")
    assert applied(cast.secretary, again(row)).done == 1
    sources = set(Fact.objects.values_list("source", flat=True))
    assert sources and not any("独居" in source for source in sources)
