"""The reporter says on the page of the case whether it may be shown; said back, it is taken down at once."""

from datetime import timedelta
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter, scope
from linli.insight.openness import commands, queries
from linli.insight.openness.models import Example, PublicConsent
from linli.matters.prevention.queries import today
from tests.cast import Cast
from tests.insight.openness.test_examples import ORIGINAL, written
from tests.matters.cases.stories import answered, closed, handling


def solved(cast: Cast) -> Any:
    return closed(cast, text=ORIGINAL, category="property.repairs")


def write(cast: Cast, case: int, **given: Any) -> Example:
    facts: dict[str, Any] = {
        "title": "楼门口的灯又亮了", "raised": "居民说夜里楼门口太黑。", "done": "换了灯头。", "consent": "page", "consented_on": today(),
    }  # fmt: skip
    enter(system("test"))
    return commands.write(cast.secretary, case, **{**facts, **given})


def test_what_was_agreed_on_the_page_is_the_consent_of_the_example(cast: Cast) -> None:
    row = solved(cast)
    commands.consent(cast.resident(row.pk), row.pk, agreed=True)
    told = write(cast, row.pk, consented_on=today() - timedelta(days=300))
    assert (told.consent, told.consent_by) == ("page", "诉求人")
    assert abs((told.consented_on - today()).days) <= 1, "the day of the page, whatever was typed"
    commands.approve(cast.leader, told.pk)
    assert "楼门口的灯又亮了" in cast.client().get("/open/examples/").content.decode()


def test_without_it_nobody_can_say_that_it_was_given_there(cast: Cast) -> None:
    row = solved(cast)
    with pytest.raises(Refused, match="没有在进度页上同意"):
        write(cast, row.pk)


def test_a_no_on_the_page_stands_against_whatever_staff_note(cast: Cast) -> None:
    row = solved(cast)
    commands.consent(cast.resident(row.pk), row.pk, agreed=False)
    for how in ("page", "telephone", "visit", "written"):
        with pytest.raises(Refused, match="不愿意公开"):
            write(cast, row.pk, consent=how)
    commands.consent(cast.resident(row.pk), row.pk, agreed=True)
    assert write(cast, row.pk).state == "written"


@pytest.mark.parametrize("approved", [True, False])
def test_said_back_it_is_taken_down_at_once_and_cannot_be_approved(cast: Cast, approved: bool) -> None:
    told = written(cast)
    if approved:
        commands.approve(cast.leader, told.pk)
    commands.consent(cast.resident(told.case_id), told.case_id, agreed=False)
    assert "楼门口的灯又亮了" not in cast.client().get("/open/examples/").content.decode()
    enter(system("test"))
    told.refresh_from_db()
    assert (told.state, told.reason) == ("withdrawn", "诉求人在进度页上说不公开")
    with pytest.raises(Refused, match="已撤下"):
        commands.approve(cast.leader, told.pk)
    with pytest.raises(Refused, match="不愿意公开"):
        write(cast, told.case_id, consent="telephone")


def test_only_the_reporter_says_so_and_only_of_what_is_solved(cast: Cast) -> None:
    row = solved(cast)
    for who in (cast.secretary, cast.leader, system("test")):
        with pytest.raises(Refused):
            commands.consent(who, row.pk, agreed=True)
    other = handling(cast)
    with scope(cast.resident(other.pk)), pytest.raises(Refused, match="没有找到"):
        commands.consent(cast.resident(other.pk), row.pk, agreed=True)
    for unsolved in (other, answered(cast)):
        with pytest.raises(Refused, match="办结"):
            commands.consent(cast.resident(unsolved.pk), unsolved.pk, agreed=True)
    assert not PublicConsent.objects.exists()


def test_what_was_said_stands_and_is_seen_by_its_reporter_and_its_region_only(cast: Cast) -> None:
    row, other = solved(cast), solved(cast)
    commands.consent(cast.resident(row.pk), row.pk, agreed=True)
    for actor, sees in (
        (cast.resident(row.pk), 1),
        (cast.resident(other.pk), 0),
        (cast.neighbour, 0),
        (cast.secretary, 1),
    ):
        with scope(actor):
            assert PublicConsent.objects.count() == sees, actor.name
    enter(system("test"))
    assert PublicConsent.objects.update(agreed=False) == 0, "nothing edits what was said"
    assert PublicConsent.objects.get().agreed is True
    assert [one["number"] for one in queries.willing(cast.secretary)] == [row.number]
    assert queries.willing(cast.neighbour) == []
    commands.consent(cast.resident(row.pk), row.pk, agreed=False)
    assert queries.willing(cast.secretary) == [], "the last word holds"


def test_the_editor_finds_who_agreed(cast: Cast) -> None:
    row = solved(cast)
    commands.consent(cast.resident(row.pk), row.pk, agreed=True)
    secretary = cast.client("secretary")
    assert f"number={row.number}" in secretary.get("/openness/examples/write/").content.decode()
    page = secretary.get(f"/openness/examples/write/?number={row.number}").content.decode()
    assert 'value="page" id="id_consent_3" checked' in " ".join(page.split()) or 'value="page" checked' in page
