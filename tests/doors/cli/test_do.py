"""`linli do`: every registered command from the command line, with the same rights, refusals and idempotency."""

import json

import pytest
from click.testing import CliRunner, Result

from linli.base.actor import system
from linli.base.commands import COMMANDS
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.doors.cli import do
from linli.matters.cases import commands as cases
from linli.people.accounts.models import Account, Post
from linli.procedures.models import Entry, Proceeding
from tests.cast import GRID, POINT_HERE, Cast


def call(*words: str) -> Result:
    result = CliRunner().invoke(do.command, list(words), catch_exceptions=True)
    enter(system("test"))
    return result


@pytest.fixture
def case(cast: Cast) -> Proceeding:
    filed = cases.file(
        cast.call_taker,
        text="楼道灯不亮好几天了",
        channel="telephone",
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
        phone="13800001234",
    )
    return Proceeding.objects.get(pk=filed["id"])


def test_a_case_is_dispatched_by_number_and_organisation(cast: Cast, case: Proceeding) -> None:
    act = "cases.dispatch" if case.step == "filed" else "cases.redirect"
    city = cast.organisations["city"]
    result = call("--as", "dispatcher", act, case.number, "--to", f"org:{city.pk}", "--note", "请办理")
    assert result.exit_code == 0, result.output
    case.refresh_from_db()
    assert case.lead_id == city.pk
    entry = Entry.objects.filter(proceeding=case).order_by("-seq").first()
    assert entry is not None
    assert (entry.actor_name, entry.note) == ("派小单", "请办理")
    row = AuditRow.objects.filter(command=act).latest("id")
    assert row.request_id.startswith("cli:")
    assert (
        call("--as", "dispatcher", "cases.redirect", case.number, "--to", "应急管理科", "--note", "改").exit_code == 0
    )
    case.refresh_from_db()
    assert case.lead_id == cast.organisations["safety"].pk


def test_a_refusal_is_one_plain_line(cast: Cast, case: Proceeding) -> None:
    result = call("--as", "auditor", "cases.remind", case.number)
    assert result.exit_code == 1
    assert "没有" in result.output
    assert "Traceback" not in result.output
    result = call("--as", "dispatcher", "cases.redirect", case.number, "--to", "999999", "--note", "x")
    assert result.exit_code == 1
    assert "没有找到这个单位。(to)" in result.output


def test_the_neighbour_cannot_even_name_the_case(cast: Cast, case: Proceeding) -> None:
    result = call("--as", "neighbour", "cases.visit", case.number, "--note", "看看")
    assert result.exit_code == 2
    assert f"没有编号为 {case.number} 的诉求" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cases.remind", "1"], "--as"),
        (["--as", "ghost", "cases.remind", "1"], "没有找到在任的"),
        (["--as", "dispatcher", "cases.nonsense"], "没有“cases.nonsense”"),
        (["--as", "dispatcher", "cases.redirect"], "CASE"),
        (["--as", "dispatcher", "cases.remind", "11010600-2026-999999"], "没有编号为"),
    ],
)
def test_what_does_not_fit_is_said(cast: Cast, words: list[str], said: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert said in result.output


def test_one_of_several_posts_must_be_named(cast: Cast, case: Proceeding) -> None:
    Post.objects.create(
        account=cast.posts["dispatcher"].account,
        role="auditor",
        organisation=cast.organisations["office"],
        starts="2020-01-01",
    )
    result = call("--as", "dispatcher", "cases.remind", case.number)
    assert result.exit_code == 2
    assert "几个岗位" in result.output
    assert call("--as", "dispatcher/dispatcher", "cases.remind", case.number).exit_code == 0


def test_a_key_makes_it_happen_once(cast: Cast, case: Proceeding) -> None:
    words = ("--as", "dispatcher", "--key", "night-7", "cases.remind", case.number, "--note", "请尽快")
    first, second = call(*words), call(*words)
    assert first.exit_code == second.exit_code == 0, second.output
    assert first.output == second.output
    assert Entry.objects.filter(proceeding=case, act="remind").count() == 1


def test_models_dates_and_answers(cast: Cast) -> None:
    made = call("--as", "sysadmin", "accounts.create", "--login", "xin", "--name", "辛人")
    assert json.loads(made.output)["id"] == Account.objects.get(login="xin").pk
    words = [
        "--role",
        "grid_worker",
        "--organisation",
        "北大街北里社区居委会",
        "--region-code",
        GRID,
        "--starts",
        "2026-03-01",
    ]
    result = call("--as", "sysadmin", "accounts.appoint", "xin", *words)
    assert result.exit_code == 0, result.output
    assert str(Post.objects.get(account__login="xin").starts) == "2026-03-01"
    assert call("--as", "sysadmin", "accounts.appoint", "xin", *words[:-1], "soon").exit_code == 2


def test_the_system_needs_a_reason_and_it_is_kept(cast: Cast) -> None:
    assert call("accounts.deactivate", "worker").exit_code == 2
    assert call("--reason", "离职交接", "accounts.deactivate", "worker").exit_code == 0
    row = AuditRow.objects.get(command="accounts.deactivate")
    assert row.actor_kind == "system"
    assert "离职交接" in row.detail["reason"]


def test_every_command_has_a_parser_and_help(cast: Cast) -> None:
    listed = call("--list").output
    for name in COMMANDS:
        assert name in listed
        result = call(name, "--help")
        assert result.exit_code == 0, (name, result.output, result.exception)
        assert "Usage" in result.output
