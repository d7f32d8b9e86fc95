"""`linli cases.train`: the command an office teaches the suggestions with."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from linli.doors.cli.cases_train import command
from linli.matters.cases.classifier.model import DESCRIPTION, read
from linli.matters.cases.demo_texts import invent


def _letters(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("诉求内容", "分类"), *rows])
    return path


@pytest.mark.django_db
def test_an_office_s_own_letters(tmp_path: Path) -> None:
    rows = [(invent(n, code).text, name) for n in range(12) for code, name in NAMES.items()]
    path = _letters(tmp_path / "letters.csv", [*rows, ("不知道归到哪一类的来信", "没有这一类")])
    done = CliRunner().invoke(command, [str(path), "--alone", "--into", str(tmp_path / "model")])
    assert done.exit_code == 0, done.output
    assert read(tmp_path / "model").labels == tuple(sorted(NAMES))
    assert "读到 24 件有分类的来信" in done.output
    assert "跳过 1 行：不认识的分类“没有这一类”" in done.output
    assert "第一个建议正确" in done.output


NAMES = {"property.elevator": "电梯", "utilities.heating": "水电气热通信/供暖"}


@pytest.mark.django_db
def test_too_few_letters_are_refused_in_one_line(tmp_path: Path) -> None:
    path = _letters(tmp_path / "letters.csv", [("电梯坏了没人修理", "电梯")])
    done = CliRunner().invoke(command, [str(path), "--alone", "--into", str(tmp_path / "model")])
    assert done.exit_code == 1
    assert "至少要有两个分类" in done.output
    assert not (tmp_path / "model" / DESCRIPTION).exists()


@pytest.mark.parametrize("arguments", [[], ["--shipped", __file__]])
def test_either_a_file_or_the_shipped_recipe(arguments: list[str]) -> None:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 2
    assert "--shipped" in done.output
