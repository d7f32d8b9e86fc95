"""Whatever is typed wrong, missing, or not yet there: one plain line and an exit code, never a traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest
from django.db.utils import OperationalError, ProgrammingError

from linli.base.cluster import Cluster
from linli.base.commands import Refused
from linli.base.ground import ROOT
from linli.doors.cli import main
from linli.doors.cli._plain import line


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return int(left.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nosuch", "没有“nosuch”这个命令"),
        ("account nosuch", "没有“nosuch”这个命令"),
        ("account create", "缺少 LOGIN"),
        ("account create a --name x", "缺少 --organisation"),
        ("account create a --nome x", "没有 --nome 这个选项"),
        ("regions import nofile.csv", "FILE：文件不存在"),
        ("regions import /", "FILE：是文件夹"),
        ("intake sheet README.md --map nofile", "--map：文件不存在"),
        ("cases.train", "请给出一个文件"),
        ("cases.train nofile", "FILE：文件不存在"),
        ("serve --port x", "--port：应为整数"),
        ("serve extra", "多写了 extra"),
        ("restore nofile --yes", "FILE：文件不存在"),
        ("backup", "缺少 FILE"),
        ("run --port x", "--port：应为整数"),
        ("do nosuch", "没有“nosuch”这个命令"),
        ("do cases.accept 1", "请用 --as 写明"),
    ],
)
def test_what_is_typed_wrong_is_one_line(capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    code, err = run(capsys, *words.split())
    assert code == 2
    assert said in err
    assert err.startswith("linli: ") and err.count("\n") == 1 and "--help" in err


def test_a_group_without_a_command_shows_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = run(capsys, "account")
    assert code == 2 and "reset-password" in err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused("没有这个单位。"), "没有这个单位。"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "不是 UTF-8"),
        (FileNotFoundError(2, "No such file", "/x/y"), "/x/y"),
        (subprocess.CalledProcessError(1, ["x"]), "没有成功"),
        (psycopg.errors.InsufficientPrivilege("permission denied for table x\nLINE 1"), "没有权限（permission denied for table x）"),
        (psycopg.errors.ObjectInUse("database is being accessed"), "请先停止邻里"),
        (psycopg.OperationalError("connection refused\nIs the server"), "连不上数据库：connection refused"),
        (psycopg.errors.DiskFull("no space left"), "数据库报错：no space left"),
    ],
)  # fmt: skip
def test_what_a_person_can_act_on_is_told(error: Exception, said: str) -> None:
    told = line(error)
    assert told is not None
    assert said in told[0] and "\n" not in told[0] and told[1] == 1


def test_an_error_of_the_database_is_known_in_its_wrapping() -> None:
    wrapped = ProgrammingError("relation does not exist")
    wrapped.__cause__ = psycopg.errors.UndefinedTable("relation does not exist")
    assert "linli migrate" in (line(wrapped) or ("", 0))[0]
    cut = OperationalError("gone")
    cut.__cause__ = psycopg.OperationalError("gone")
    assert "连不上" in (line(cut) or ("", 0))[0]


def test_our_own_mistakes_keep_their_traceback() -> None:
    assert line(ValueError("a bug")) is None
    assert line(KeyError("a bug")) is None
    assert line(click.Abort()) == ("已中断。", 130)


def linli(*words: str, home: Path, url: str) -> tuple[int, str]:
    environment = {**os.environ, "LINLI_HOME": str(home), "DATABASE_URL": url}
    result = subprocess.run(
        [sys.executable, "-m", "linli", *words],
        env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in result.stderr, result.stderr[-1500:]
    return result.returncode, result.stderr


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server with an empty database: nobody has called `linli migrate`."""
    home = tmp_path_factory.mktemp("empty")
    cluster = Cluster(home / "database", fast=True)
    with cluster.held():
        yield cluster.address("linli"), home


@pytest.mark.parametrize(
    "words",
    [
        "account create admin --name 管理 --organisation 丰台街道办事处 --region 110106009",
        "account reset-password admin --reason 忘记",
        "do --reason x organisations.found --name x --kind desk --region-code 110106009",
        "regions import README.md",
        "intake sheet README.md --map README.md",
        "chains",
        "work",
        "backup b.tar",
        "check",
        "serve",
    ],
)
def test_before_migrate_every_command_says_what_to_do(empty: tuple[str, Path], words: str) -> None:
    url, home = empty
    code, err = linli(*words.split(), home=home, url=url)
    assert code == 1
    assert "linli migrate" in err


@pytest.mark.parametrize("words", ["check", "account reset-password x --reason x", "migrate"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "连不上数据库"),
        ("mysql://x/y", "DATABASE_URL 写得不对"),
    ],
)
def test_a_database_that_is_not_there_is_named_at_once(tmp_path: Path, words: str, url: str, said: str) -> None:
    code, err = linli(*words.split(), home=tmp_path, url=url)
    assert code == 1
    assert said in err and err.count("\n") == 1
