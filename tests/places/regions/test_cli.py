"""`linli regions import`: the same command from a shell."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linli.doors.cli import group
from linli.places.regions.models import Region
from tests.cast import GRID, Cast
from tests.places.regions.test_importing import NEW, boundaries, sheet, square


def run(*words: object) -> Result:
    return CliRunner().invoke(group, ["regions", "import", *map(str, words)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "代码表.csv"
    path.write_bytes(sheet((NEW, "第三网格"), (GRID, "第一网格")))
    return path


def test_a_file_is_brought_in(cast: Cast, file: Path) -> None:
    result = run(file)
    assert result.exit_code == 0, result.output
    assert "导入完成：新增 1，更新 0，未变 1，跳过 0" in result.output
    assert Region.objects.get(pk=NEW).source == "导入自 代码表.csv"
    assert "新增 0" in run(file).output


def test_a_dry_run_writes_nothing(cast: Cast, file: Path) -> None:
    result = run(file, "--dry-run")
    assert result.exit_code == 0
    assert "新增 1" in result.output
    assert not Region.objects.filter(pk=NEW).exists()


def test_wrong_rows_stop_it_unless_the_good_ones_are_wanted(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(sheet((NEW, "第三网格"), ("11X", "坏")))
    result = run(path)
    assert result.exit_code == 1
    assert "第 3 行" in result.output
    assert "没有导入任何一行" in result.output
    assert not Region.objects.filter(pk=NEW).exists()
    assert run(path, "--dry-run").exit_code == 1
    result = run(path, "--only-good")
    assert result.exit_code == 0
    assert "跳过 1" in result.output
    assert Region.objects.filter(pk=NEW).exists()


def test_boundaries_too(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(boundaries(({"code": NEW, "name": "第三网格"}, square(116.27, 39.86))))
    assert run(path).exit_code == 0
    assert Region.objects.get(pk=NEW).area is not None


def test_a_file_that_cannot_be_read_is_one_plain_line(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 99)
    result = run(path)
    assert result.exit_code == 1
    assert "Error" in result.output
    assert "Traceback" not in result.output
    assert run(tmp_path / "missing.csv").exit_code == 2
