"""Needs for care: consent, sealed groups, reviews that come due, the visit list, visits that change several facts at once."""

from datetime import date, timedelta

import pytest
from django.db import connection

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import ReadRow
from linli.base.scope import enter
from linli.people.residents import commands, queries, tasks
from linli.people.residents.models import CareNeed, Person, PersonFact
from tests.cast import GRID_2, Cast
from tests.people.residents.stories import BY_VISIT, cared, door, someone

LONG_AGO = date(2025, 1, 1)


def test_a_need_is_noted_with_its_review_and_nothing_says_why(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row)
    enter(system("test"))
    need = CareNeed.objects.get(pk=need.pk)
    assert (need.review_on - need.verified_on, need.verified_by) == (timedelta(days=90), "戈格")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM residents_careneed c WHERE id = %s", [need.pk])
        stored = cursor.fetchone()[0]
    assert b"old".hex() not in stored
    with pytest.raises(Refused, match="已经记过"):
        cared(cast, row)


def test_trying_groups_one_after_the_other_tells_none_that_is_sensitive(cast: Cast) -> None:
    """Somebody who has the right to note, but no task, must not learn the group from what is refused and what is not."""
    row = someone(cast)
    cared(cast, row, "ill", on=LONG_AGO)
    page, said = f"/residents/{row.pk}/care/", {}
    for group in ("ill", "disabled"):
        told = {"group": group, "purpose": "visit", "consent": "self", "source": "visit", "as_of": ""}
        answer = cast.client("grid_worker").post(page, told, follow=True)
        said[group] = (
            answer.redirect_chain,
            [str(one) for one in answer.context["messages"]] if answer.context else [],
        )
        assert "已经记过" not in answer.content.decode()
    assert said["ill"] == said["disabled"]
    enter(system("test"))
    acts = list(PersonFact.objects.filter(person=row).order_by("id").values_list("act", flat=True))
    assert acts == ["register", "care", "care", "care"], "each try stands in the history"
    need = CareNeed.objects.filter(person=row).earliest("id")
    assert need.verified_on == queries.today(), "it was looked at again"
    assert CareNeed.objects.filter(person=row, ends=None).count() == 2


def test_a_review_that_is_written_down_late_takes_back_no_newer_one(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row)
    commands.review_care(
        cast.grid_worker, row, care_ids=[need.pk], given=commands.Given(source="visit", as_of=LONG_AGO)
    )
    enter(system("test"))
    assert CareNeed.objects.get(pk=need.pk).verified_on == queries.today()


@pytest.mark.parametrize(
    ("group", "consent", "good"),
    [
        ("old", "none", True), ("ill", "none", False), ("ill", "self", True), ("ill", "guardian", True),
        ("young", "self", False), ("young", "guardian", True), ("pregnant", "none", False), ("flu", "self", False),
        ("ill", "yes", False),
    ],
)  # fmt: skip
def test_what_is_sensitive_needs_consent(cast: Cast, group: str, consent: str, good: bool) -> None:
    row = someone(cast)
    if good:
        commands.note_care(cast.grid_worker, row, group=group, purpose="visit", consent=consent, given=BY_VISIT)
        return
    with pytest.raises(Refused) as refused:
        commands.note_care(cast.grid_worker, row, group=group, purpose="visit", consent=consent, given=BY_VISIT)
    assert refused.value.field in ("consent", "group")


def test_a_sensitive_group_is_shown_as_being_there_until_a_purpose_is_stated(cast: Cast) -> None:
    row = someone(cast)
    cared(cast, row)
    cared(cast, row, "ill")
    needs = queries.needs_of(cast.grid_worker, [row.pk])[row.pk]
    assert (needs.open, needs.hidden) == (["老人"], 1)
    assert not queries.needs_of(cast.clerk, [row.pk])[row.pk].any
    assert not queries.care_of(cast.neighbour).exists()
    before = ReadRow.objects.count()
    with pytest.raises(Refused, match="没有和这位居民有关的待办"):
        commands.reveal(cast.grid_worker, row, fields=["care"], purpose="review")
    assert ReadRow.objects.count() == before
    told = commands.reveal(cast.grid_worker, row, fields=["care"], purpose="urgent", note="楼里停电三小时")
    assert told == {"care": "老人、身体不便"}
    enter(system("test"))
    log = ReadRow.objects.get(subject_kind="residents.person")
    assert (log.subject_id, log.fields, log.purpose) == (str(row.pk), ["residents.careneed.group"], "urgent")


def test_a_review_that_is_due_is_the_task_that_opens_the_contact(cast: Cast) -> None:
    row = someone(cast)
    cared(cast, row, on=LONG_AGO)
    assert str(tasks.with_person(cast.grid_worker, row)) == "复核到期"
    told = commands.reveal(cast.grid_worker, row, fields=["name", "phone", "contacts"], purpose="review")
    assert told == {"name": "林小满", "phone": "13800001111", "contacts": ""}
    for wrong in (
        {"fields": [], "purpose": "review"}, {"fields": ["phone", "all"], "purpose": "review"},
        {"fields": ["phone"], "purpose": "curious"}, {"fields": ["phone"], "purpose": "urgent", "note": "急"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            commands.reveal(cast.grid_worker, row, **wrong)
    for who in (cast.neighbour, cast.grid_worker_2, cast.sysadmin, cast.clerk, cast.leader):
        with pytest.raises(Refused):
            commands.reveal(who, row, fields=["phone"], purpose="urgent", note="楼上漏水了")
    enter(system("test"))
    assert ReadRow.objects.filter(subject_kind="residents.person").count() == 1


def test_work_that_a_higher_room_knows_of_opens_it_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = someone(cast)
    known = lambda actor, person: tasks.Work("case", "诉求在办", "1") if person.pk == row.pk else None  # noqa: E731
    monkeypatch.setattr(tasks, "_with_person", [known])
    assert commands.reveal(cast.grid_worker, row, fields=["phone"], purpose="task") == {"phone": "13800001111"}


def test_the_visit_list_is_short_most_overdue_first_and_by_building(cast: Cast) -> None:
    first = someone(cast)
    second = someone(cast, name="林立秋", phone="", home=door(cast, "101"))
    other = someone(cast, name="林白露", phone="", home=door(cast, region=GRID_2), actor=cast.secretary)
    cared(cast, first, on=date(2025, 3, 1))
    cared(cast, first, "ill", on=date(2025, 4, 1))
    cared(cast, second, on=LONG_AGO)
    commands.note_care(
        cast.secretary,
        other,
        group="old",
        purpose="visit",
        given=commands.Given(source="visit", as_of=date(2025, 2, 1)),
    )
    cared(cast, someone(cast, name="林霜降", phone="", home=door(cast, "201")))  # not due yet
    told = [(person.pk, len(needs)) for person, needs in queries.visit_list(cast.secretary)]
    assert told == [(second.pk, 1), (first.pk, 2), (other.pk, 1)], "one building after the other"
    assert [person.pk for person, _needs in queries.visit_list(cast.grid_worker_2)] == [other.pk]
    assert queries.visit_list(cast.neighbour) == []


def test_nobody_was_there_and_they_come_back_on_the_list_in_some_days(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row, on=LONG_AGO)
    commands.record_visit(cast.grid_worker, row, reached=False, given=BY_VISIT)
    assert queries.visit_list(cast.grid_worker) == []
    enter(system("test"))
    need = CareNeed.objects.get(pk=need.pk)
    assert (need.tries, need.ends) == (1, None)
    later = queries.today() + timedelta(days=4)
    assert [person.pk for person, _needs in queries.visit_list(cast.grid_worker, later)] == [row.pk]


def test_one_visit_updates_everything_that_was_found(cast: Cast) -> None:
    row = someone(cast)
    still, over = cared(cast, row, on=LONG_AGO), cared(cast, row, "ill", on=LONG_AGO)
    commands.record_visit(
        cast.grid_worker, row, still=[still.pk], over=[over.pk], changes={"phone": "13700003333"}, given=BY_VISIT
    )
    enter(system("test"))
    row = Person.objects.get(pk=row.pk)
    assert str(row.phone) == "137****3333"
    assert CareNeed.objects.get(pk=still.pk).review_on > queries.today()
    assert CareNeed.objects.get(pk=over.pk).ending == "over"
    told = queries.history(row)[0]
    assert (told.act, told.fields) == ("visit", ["care", "phone"])
    assert queries.before_of(told) == {"phone": "138****1111"}
    assert queries.visit_list(cast.grid_worker) == []
    with pytest.raises(Refused, match="走访情况"):
        commands.record_visit(cast.grid_worker, row, given=BY_VISIT)
    with pytest.raises(Refused, match="既仍需要又不再需要"):
        commands.record_visit(cast.grid_worker, row, still=[still.pk], over=[still.pk], given=BY_VISIT)
    with pytest.raises(Refused, match="已经变了"):
        commands.record_visit(cast.grid_worker, row, still=[over.pk], given=BY_VISIT)


def test_a_need_is_reviewed_and_ended_one_by_one(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row, on=LONG_AGO)
    assert commands.review_care(cast.grid_worker, row, care_ids=[need.pk], given=BY_VISIT) == 1
    with pytest.raises(Refused, match="结束原因"):
        commands.end_care(cast.grid_worker, row, care_ids=[need.pk], ending="bored", given=BY_VISIT)
    assert commands.end_care(cast.grid_worker, row, care_ids=[need.pk], ending="withdrawn", given=BY_VISIT) == 1
    assert not queries.needs_of(cast.grid_worker, [row.pk])[row.pk].any
    with pytest.raises(Refused, match="工作范围"):
        commands.end_care(cast.neighbour, row, care_ids=[need.pk], ending="over", given=BY_VISIT)
