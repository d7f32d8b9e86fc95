"""A draft procedure is played on last month's records before it is published."""

from datetime import timedelta
from html import unescape

from linli.base import policies
from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.procedures.models import Entry
from tests.cast import MONDAY, Cast
from tests.matters.cases.stories import handling

SYSTEM = system("test")
NEXT_MONTH = MONDAY + timedelta(days=31)


def two_cases(cast: Cast) -> list[str]:
    """Two cases of March 2026: one answered after three days, one with a visit."""
    numbers = []
    for visited in (False, True):
        with frozen(MONDAY):
            row = handling(cast)
        with frozen(MONDAY + timedelta(days=3)):
            if visited:
                commands.visit(cast.secretary, row.pk, note="看过了")
            commands.answer(cast.secretary, row.pk, note="灯已换好")
        numbers.append(row.number)
    return numbers


def draft(old: str, new: str) -> int:
    source = registry.shipped_sources()["procedure.case"]
    assert old in source
    enter(SYSTEM)
    text = source.replace(old, new)
    data = policies_read(text)
    return publishing.draft(SYSTEM, code="procedure.case", data=data, basis="试", source=text).version


def policies_read(text: str) -> dict[str, object]:
    from linli.base.policies import writing

    return writing.read(text)


def rehearsed(cast: Cast, version: int) -> str:
    with frozen(NEXT_MONTH):
        answer = cast.client("policy_editor").get(f"/policies/procedure.case/{version}/rehearse/")
    assert answer.status_code == 200
    enter(SYSTEM)
    return unescape(answer.content.decode())


def found(version_data: dict[str, object]) -> registry.Rehearsed:
    tool = registry.checker("procedure.case")
    assert tool is not None
    assert tool.rehearse is not None
    with frozen(NEXT_MONTH):
        return tool.rehearse("procedure.case", version_data)


def test_the_version_in_force_lets_everything_pass_as_it_was(cast: Cast) -> None:
    two_cases(cast)
    result = found(policies.load("procedure.case").data)
    assert (result.period, result.told, result.every, result.passed, result.stopped) == ("2026-03", 2, 2, 2, [])
    assert ("办理答复", 2, 0, 0) in result.moved


def test_a_shorter_limit_shows_who_would_have_been_late(cast: Cast) -> None:
    two_cases(cast)
    before = Entry.objects.count()
    version = draft(
        'limits.ordinary = { amount = 7, unit = "days" }', 'limits.ordinary = { amount = 1, unit = "days" }'
    )
    page = rehearsed(cast, version)
    row = page.partition("办理答复")[2].partition("</tr>")[0]
    assert [part for part in ("0", "2") if f">{part}<" in row] == ["0", "2"]
    assert "上月的每一步，这一版都允许" in page
    assert Entry.objects.count() == before, "nothing is written"


def test_a_step_taken_away_shows_which_records_would_stop(cast: Cast) -> None:
    _plain, visited = two_cases(cast)
    version = draft('code = "visit"\nname = "上门"', 'code = "look"\nname = "查看"')
    page = rehearsed(cast, version)
    assert "没有“上门”这项操作" in page
    assert visited in page
    assert "张三丰" not in page


def test_it_is_reached_from_the_version_and_closed_to_others(cast: Cast) -> None:
    page = cast.client("policy_editor").get("/policies/procedure.case/1/").content.decode()
    assert "/policies/procedure.case/1/rehearse/" in page
    assert "rehearse" not in cast.client("auditor").get("/policies/procedure.case/1/").content.decode()
    assert cast.client("auditor").get("/policies/procedure.case/1/rehearse/").status_code == 404
    assert cast.client("policy_editor").get("/policies/settlement/1/rehearse/").status_code == 404
    assert "上月没有这个流程的记录" in rehearsed(cast, 1)
