"""Names and parents as they were on any date; terms of owners' committees, put off, held, and said ahead of time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.people.organisations import commands, rules
from linli.people.organisations.models import Organisation, Standing, Term, TermReminder
from linli.people.organisations.queries import directory_on
from tests.cast import GRID, GRID_2, HERE, Cast

KINDS = Organisation.Kind


def branch(cast: Cast, name: str = "北里党总支", **more: object) -> Organisation:
    values = {
        "name": name, "kind": KINDS.GENERAL_BRANCH, "region_code": HERE, "parent": cast.organisations["committee"],
        "valid_from": date(2020, 1, 1),
    } | more  # fmt: skip
    return commands.found(cast.sysadmin, **values)


def test_a_name_holds_from_a_day_on_and_never_changes_what_was(cast: Cast) -> None:
    row, other = branch(cast), branch(cast, "南里党总支")
    grid = branch(cast, "一支部", kind=KINDS.GRID_BRANCH, region_code=GRID, parent=row)
    commands.rename(cast.sysadmin, row, name="北大街党总支", on=date(2022, 3, 1), basis="街党字〔2022〕1号")
    commands.move(cast.sysadmin, grid, parent=other, on=date(2023, 5, 1))
    before, between, after = (directory_on(day) for day in (date(2022, 2, 28), date(2022, 3, 1), date(2023, 5, 1)))
    assert [day.by_id[row.pk].name for day in (before, between, after)] == [
        "北里党总支",
        "北大街党总支",
        "北大街党总支",
    ]
    assert [day.by_id[grid.pk].parent_id for day in (before, between, after)] == [row.pk, row.pk, other.pk]
    assert row.pk not in directory_on(date(2019, 12, 31)).by_id, "not founded yet"
    with pytest.raises(Refused, match="不能早于那一天"):
        commands.rename(cast.sysadmin, row, name="旧名", on=date(2022, 2, 1))
    with pytest.raises(Refused, match="将来"):
        commands.rename(cast.sysadmin, row, name="新名", on=date(2999, 1, 1))


def test_twice_on_a_day_leaves_the_last_word(cast: Cast) -> None:
    row = branch(cast)
    for name in ("甲", "乙"):
        commands.rename(cast.sysadmin, row, name=name, on=date(2022, 3, 1))
    assert directory_on(date(2022, 3, 1)).by_id[row.pk].name == "乙"
    assert directory_on(date(2022, 2, 28)).by_id[row.pk].name == "北里党总支"
    assert row.standings.count() == 2


def test_what_was_closed_is_found_on_earlier_days(cast: Cast) -> None:
    row = branch(cast)
    commands.close(cast.sysadmin, row, on=date(2024, 6, 1))
    assert directory_on(date(2024, 5, 31)).by_id[row.pk].name == "北里党总支"
    assert row.pk not in directory_on(date(2024, 6, 1)).by_id
    assert branch(cast, valid_from=date(2024, 6, 1)).pk != row.pk, "its name is free again"


def test_one_that_never_changed_needs_no_history(cast: Cast) -> None:
    here = cast.organisations["here"]
    assert not here.standings.exists()
    assert directory_on(date(2001, 1, 1)).by_id[here.pk].name == here.name
    commands.rename(cast.sysadmin, here, name="北大街居委会", on=date(2025, 1, 1))
    assert directory_on(date(2024, 12, 31)).by_id[here.pk].name == "北大街北里社区居委会"


def test_two_standings_never_overlap(cast: Cast) -> None:
    row = branch(cast)
    with pytest.raises(IntegrityError, match="standing_apart"), transaction.atomic():
        Standing.objects.create(organisation=row, name="x", starts=date(2021, 1, 1), until=date(2021, 2, 1))


def test_the_tree_of_a_day(cast: Cast) -> None:
    row = branch(cast)
    commands.rename(cast.sysadmin, row, name="北大街党总支", on=date(2022, 3, 1))
    client = cast.client("leader")
    assert "北里党总支" in client.get("/organisations/?on=2021-01-01").content.decode()
    assert "北里党总支" not in client.get("/organisations/").content.decode()
    assert "北里党总支" in client.get("/organisations/?on=2021-01-01&q=北里党").content.decode()
    sheet = client.get("/organisations/export.csv?on=2021-01-01").getvalue().decode("utf-8-sig")
    assert "北里党总支" in sheet


def committee(cast: Cast) -> Organisation:
    return commands.enter(
        cast.secretary, name="春光里业委会", kind=KINDS.OWNERS_COMMITTEE, region_code=GRID, compound=cast.compound
    )


def test_terms_follow_one_another(cast: Cast) -> None:
    row = committee(cast)
    with pytest.raises(Refused, match="还没有登记本届"):
        commands.elect(cast.secretary, row, on=date(2025, 1, 1), due_on=date(2030, 1, 1), result="选出")
    with pytest.raises(Refused) as refused:
        commands.begin_term(cast.secretary, row, starts=date(2021, 6, 1), due_on=date(2021, 6, 1))
    assert refused.value.field == "due_on"
    commands.begin_term(cast.secretary, row, starts=date(2021, 6, 1), due_on=date(2026, 6, 1))
    with pytest.raises(Refused, match="请登记换届"):
        commands.begin_term(cast.secretary, row, starts=date(2022, 6, 1), due_on=date(2027, 6, 1))
    with pytest.raises(Refused, match="批准"):
        commands.postpone(cast.secretary, row, to=date(2026, 9, 1), approval="")
    with pytest.raises(Refused, match="不超过 12 个月"):
        commands.postpone(cast.secretary, row, to=date(2027, 6, 2), approval="街函〔2026〕3号")
    commands.postpone(cast.secretary, row, to=date(2027, 6, 1), approval="街函〔2026〕3号")
    with pytest.raises(Refused, match="已经延期"):
        commands.postpone(cast.secretary, row, to=date(2026, 12, 1), approval="又一份")
    with frozen(datetime(2026, 8, 1, tzinfo=UTC)):
        new = commands.elect(
            cast.secretary, row, on=date(2026, 7, 20), due_on=date(2031, 7, 20), result="选出 7 名委员"
        )
    assert new.starts == date(2026, 7, 20)
    assert Term.objects.get(held_on=date(2026, 7, 20)).result == "选出 7 名委员"
    with pytest.raises(Refused, match="只登记业主委员会"):
        commands.begin_term(
            cast.secretary, cast.organisations["here"], starts=date(2021, 6, 1), due_on=date(2026, 6, 1)
        )


def test_each_reminder_is_raised_once_and_only_the_nearest(cast: Cast) -> None:
    row = committee(cast)
    commands.begin_term(cast.secretary, row, starts=date(2021, 9, 1), due_on=date(2026, 9, 1))
    seen: list[list[int]] = []
    for day in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-06-01", "2026-08-20", "2026-09-05"):
        with frozen(datetime.fromisoformat(f"{day}T04:00:00+00:00")):
            commands.remind_terms(system("test"))
        seen.append(sorted(TermReminder.objects.values_list("months", flat=True), reverse=True))
    assert seen == [[], [6], [6], [6, 3], [6, 3, 1], [6, 3, 1]]
    assert OutboxRow.objects.filter(event="organisations.term_near").count() == 3
    assert AuditRow.objects.filter(command="organisations.remind_terms").count() == 3, (
        "a run that found nothing is not noted"
    )
    assert commands.note_reminder(cast.secretary, row) == 3
    with pytest.raises(Refused, match="没有要知悉"):
        commands.note_reminder(cast.secretary, row)
    with pytest.raises(Refused):
        commands.note_reminder(cast.neighbour, row)


def test_an_election_put_off_is_reminded_of_again(cast: Cast) -> None:
    row = committee(cast)
    commands.begin_term(cast.secretary, row, starts=date(2021, 9, 1), due_on=date(2026, 9, 1))
    with frozen(datetime(2026, 8, 20, tzinfo=UTC)):
        commands.remind_terms(system("test"))
    commands.postpone(cast.secretary, row, to=date(2027, 3, 1), approval="街函")
    with frozen(datetime(2026, 9, 10, tzinfo=UTC)):
        commands.remind_terms(system("test"))
    assert list(TermReminder.objects.order_by("id").values_list("months", "due_on")) == [
        (1, date(2026, 9, 1)),
        (6, date(2027, 3, 1)),
    ]


def test_the_page_of_terms_names_what_is_over(cast: Cast) -> None:
    row = committee(cast)
    commands.begin_term(cast.secretary, row, starts=date(2021, 9, 1), due_on=date(2022, 9, 1))
    client = cast.client("secretary")
    text = client.get("/organisations/terms/").content.decode()
    assert "春光里业委会" in text
    assert "已超期" in text
    assert "春光里业委会" in client.get("/organisations/terms/?near=over").content.decode()
    assert "没有符合条件" in client.get("/organisations/terms/?q=没有").content.decode()
    assert "春光里业委会" not in cast.client("neighbour").get("/organisations/terms/").content.decode()


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_are_added_to_the_end_of_the_month_at_most(day: date, months: int, then: date) -> None:
    assert rules.add_months(day, months) == then


def test_a_stage_is_the_shortest_reminder_that_has_come() -> None:
    due = date(2026, 9, 1)
    assert [rules.stage(due, [6, 3, 1], due - timedelta(days=days)) for days in (200, 184, 92, 31, 0, -1)] == [
        "", "6", "3", "1", "1", "over",
    ]  # fmt: skip
    assert GRID_2.startswith(HERE)
