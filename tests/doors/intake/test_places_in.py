"""A sub-district that begins from sheets alone: compounds and buildings, dwellings, people; and all of it taken back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.intake.registers import commands, kept, running
from linli.people.residents.models import Person, Residence
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.regions.models import Region
from tests.cast import GRID, HERE, THERE, Cast
from tests.doors.intake.sheets import again, applied, checked, csv, staged, told

pytestmark = pytest.mark.django_db

BUILDINGS = "小区名称,楼栋号,所属社区,网格编码,小区类型,总层数,建成年代,经度,纬度,有无物业"
PEOPLE = "姓名,性别,出生日期,居住地址,入住时间,迁出日期"


def places(*rows: str) -> bytes:
    return csv(*rows, head=BUILDINGS)


def undone(cast: Cast, row: object) -> object:
    commands.undo(cast.secretary, row)  # type: ignore[arg-type]
    running.run(row.pk, "undoing")  # type: ignore[attr-defined]
    return again(row)  # type: ignore[arg-type]


def test_from_places_to_people_by_sheets_alone(cast: Cast) -> None:
    grid = Region.objects.get(code=GRID)
    row = checked(
        cast.secretary,
        places(
            f"云杉里小区,1,,{GRID},老旧小区,6,1990年代建,,,有",
            f"云杉里小区,1,,{GRID},老旧小区,6层,1990,,,有",
            f"云杉里小区,1号楼,,{GRID},,6,1990,,,有",
            f"云杉里小区,2号楼,,{GRID},老旧小区,18,1994,116.31,39.81,有",
            f"松涛院,,,{GRID},楼院,,1980,,,无",
            f"远方小区,1号楼,,{THERE}001,小区,6,,,,有",
            "哪里小区,1号楼,没有的社区,,小区,6,,,,有",
        ),
        "楼栋台账.csv",
    )
    assert (row.target, row.form) == ("buildings", "buildings")
    assert (row.good, row.twins, row.wrong) == (3, 2, 2), told(row)
    row = applied(cast.secretary, row)
    assert (row.state, row.done) == ("done", 3)
    new, yard = Compound.objects.get(name="云杉里小区"), Compound.objects.get(name="松涛院")
    assert (new.kind, new.region_code, new.longitude, yard.kind, yard.built_in) == (
        "old",
        GRID,
        grid.longitude,
        "courtyard",
        1980,
    )
    assert "区划中心" in new.source
    first, second = new.buildings.order_by("order")
    assert (first.name, first.floors, first.built_in, second.longitude) == ("1号楼", 6, 1990, 116.31)
    assert "区划中心" in first.source and "区划中心" not in second.source

    people = checked(
        cast.secretary,
        csv(
            "高一,男,1950-03-01,云杉里小区1号楼101,2001年5月,",
            "高二,女,1960,云杉里小区1号楼102,2010-02-03,2020-06-30",
            head=PEOPLE,
        ),
        "居民.csv",
    )
    assert (people.target, people.good) == ("residents", 2), told(people)
    applied(cast.secretary, people)
    stays, left = Residence.objects.order_by("starts")
    assert (stays.starts, stays.ends, left.starts, left.ends) == (
        date(2001, 5, 1), None, date(2010, 2, 3), date(2020, 6, 30),
    )  # fmt: skip
    assert Person.objects.get(pk=left.person_id).state == "gone"
    assert stays.household is not None and stays.household.starts == date(2001, 5, 1) and left.household is None

    kept_places = undone(cast, row)
    assert kept_places.gone == 2 and "1号楼已经登记了房屋" in str(kept_places.kept)  # type: ignore[attr-defined]
    enter(system("test"))
    assert not second.__class__.objects.filter(pk=second.pk, valid_to=None).exists()
    assert Compound.objects.filter(name="云杉里小区", valid_to=None).exists()
    undone(cast, people)
    assert not Person.objects.exists() and not Dwelling.objects.filter(building=first, valid_to=None).exists()


def test_what_is_there_is_known_and_what_closed_meanwhile_is_told(cast: Cast) -> None:
    row = checked(
        cast.secretary, places(f"春光里小区,3号楼,,{GRID},,,,,,", f"春光里小区,88号楼,,{GRID},,,,,,"), "楼栋台账.csv"
    )
    assert (row.good, row.known) == (1, 1)
    enter(system("test"))
    Compound.objects.filter(name="春光里小区").update(valid_to="2026-01-01")
    row = applied(cast.secretary, row)
    assert (row.done, row.wrong) == (0, 1) and "停用" in told(row)[-1][2] if row.address else row.wrong == 1
    assert not Building.objects.filter(name="88号楼").exists()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (f",1号楼,,{GRID},,,,,,", "小区名称"),
        (f"甲小区,1号楼,,{GRID},,0,,,,", "1 到 150"),
        (f"甲小区,1号楼,,{GRID},,,1820,,,", "1900"),
        (f"甲小区,1号楼,,{GRID},,,,500,39,", "经纬度"),
        (f"甲小区,1号楼,,{GRID},,,,东经,39,", "数字"),
        (f"甲小区,1号楼,,{HERE}999,,,,,,", "没有这个社区"),
    ],
)
def test_each_cell_is_checked(cast: Cast, cells: str, words: str) -> None:
    row = checked(cast.secretary, places(cells), "楼栋台账.csv")
    assert row.good == 0 and words in told(row)[0][2]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("2099-01-01,", "将来"),
        ("1949-01-01,", "出生"),
        ("2010-01-01,2009-12-31", "早于入住"),
        ("2010-01-01,2019年", "写到日"),
    ],
)
def test_days_of_moving_are_checked(cast: Cast, days: str, words: str) -> None:
    row = checked(cast.secretary, csv(f"高一,男,1950-03-01,春光里小区3号楼2单元501,{days}", head=PEOPLE))
    assert row.good == 0 and words in told(row)[0][2]
    assert told(row)[0][1].startswith(("E", "F"))


def test_many_dwellings_are_taken_back_by_a_handful_of_statements(cast: Cast) -> None:
    head = "小区,楼栋,单元,房号,房屋用途"
    rows = [f"春光里小区,3号楼,9,{floor}{door:02d},自住" for floor in range(1, 11) for door in range(1, 6)]
    row = applied(cast.secretary, checked(cast.secretary, csv(*rows, head=head), "房屋台账.csv"))
    assert row.done == 50
    commands.undo(cast.secretary, row)
    with CaptureQueriesContext(connection) as asked:
        running.run(row.pk, "undoing")
    row = again(row)
    assert (row.state, row.gone) == ("undone", 50) and len(asked) < 60
    assert not Dwelling.objects.filter(unit_name="9", valid_to=None).exists()


def test_checked_rows_are_kept_sealed_and_gone_afterwards(
    cast: Cast, django_capture_on_commit_callbacks: object, settings: object
) -> None:
    from pathlib import Path

    row = checked(cast.secretary, csv("高一,男,1950-03-01,春光里小区3号楼2单元501,,", head=PEOPLE))
    folder = Path(settings.HOME) / "sheets"  # type: ignore[attr-defined]
    [path] = folder.glob(f"rows-{row.pk}-*")
    assert "高一".encode() not in path.read_bytes() and path.stat().st_mode & 0o077 == 0
    [(numbers, values)] = kept.blocks(row.pk, row.blocks)
    assert numbers == [2] and values[0][0]["name"] == "高一"
    path.unlink()
    commands.start(cast.secretary, row)
    running.run(row.pk, "applying")
    row = again(row)
    assert row.state == "failed" and "重新上传" in row.message and not Person.objects.exists()
    staged_again = staged(cast.secretary, csv("高二,男,1950-03-01,春光里小区3号楼2单元501,,", head=PEOPLE), "二.csv")
    commands.check(cast.secretary, staged_again, target="residents", columns=staged_again.columns, options={})
    running.run(staged_again.pk, "checking")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        commands.discard(cast.secretary, again(staged_again))
    assert not list(folder.glob(f"rows-{staged_again.pk}-*"))
