"""The command line finds its commands, says what each does, and speaks plainly when something is wrong."""

import json
import os
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from linli.base.cluster import ClusterError
from linli.doors.cli import group, main
from linli.doors.cli.demo import sign_ins
from linli.doors.cli.run import already_running, cells, free_port, show_table


def test_every_command_has_a_name_and_a_help_text() -> None:
    context = click.Context(group)
    names = group.list_commands(context)
    assert {"run", "demo", "serve", "work", "migrate", "check", "backup", "restore", "verify"} <= set(names)
    for name in names:
        command = group.get_command(context, name)
        assert command is not None
        assert command.help, name


@pytest.mark.parametrize("name", ["nothing", "_children", "../run", "run.py", ""])
def test_what_is_no_command_is_refused(name: str) -> None:
    result = CliRunner().invoke(group, [name])
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_a_fault_that_a_person_can_mend_is_one_plain_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command("broken")
    def broken() -> None:
        raise ClusterError("the disk is full")

    monkeypatch.setattr(group, "get_command", lambda *_: broken)
    with pytest.raises(SystemExit) as stopped:
        main(["broken"])
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "linli: the disk is full\n"


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = free_port(port)
        assert port < found <= port + 50


def test_a_second_run_says_where_the_first_one_is(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"url": "http://127.0.0.1:8000/", "pid": os.getpid()}))
    with open(tmp_path / "run.lock", "a+") as first, open(tmp_path / "run.lock", "a+") as second:
        already_running(first, tmp_path)
        with pytest.raises(click.ClickException, match=r"http://127\.0\.0\.1:8000/"):
            already_running(second, tmp_path)


def test_a_table_lines_up_although_chinese_is_twice_as_wide(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["角色", "用户名"], [("网格员", "wang"), ("居民", "li")])
    lines = capsys.readouterr().out.splitlines()[1:4]
    starts = [cells(line[: line.index(last)]) for line, last in zip(lines, ("用户名", "wang", "li"), strict=True)]
    assert starts == [12, 12, 12]


def test_only_demo_people_who_are_there_are_told_of() -> None:
    """A demo of an earlier day has fewer of them, and an account may have been closed since."""
    rows = sign_ins({"wangge": True, "guanli": False, "zhang": True})
    assert [login for _role, login, _password in rows] == ["wangge"]
