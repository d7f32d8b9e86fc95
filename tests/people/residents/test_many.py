"""Many people at once: the same checks, the same walls, a handful of statements, and taken back as one act."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.people.residents import commands, queries
from linli.people.residents.commands import many
from linli.people.residents.commands.together import array
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from tests.cast import GRID_THERE, Cast
from tests.people.residents.stories import SAID, door, someone


def sheet(cast: Cast) -> list[dict[str, Any]]:
    first, second = door(cast, "501").pk, door(cast, "502").pk
    return [
        {"name": "林大暑", "sex": "1", "birth_year": 1950, "phone": "13800000001", "dwelling": first, "kind": "owner", "head": True,
         "care": ["old"]},
        {"name": "林小暑", "sex": "2", "birth_date": date(1952, 7, 7), "dwelling": first},
        {"name": "林小寒", "birth_year": 2019, "dwelling": first, "guardian_name": "林大寒", "guardian_phone": "139 0000 0002",
         "care": ["young"], "consent": "guardian"},
        {"name": "张租", "dwelling": second, "kind": "tenant", "household_key": "a", "head": True},
        {"name": "李租", "dwelling": second, "kind": "tenant", "household_key": "b"},
        {"name": "王房", "dwelling": second, "kind": "owner", "lives": False},
    ]  # fmt: skip


def test_a_batch_is_written_as_single_acts_would(cast: Cast) -> None:
    keys = commands.register_many(cast.secretary, sheet(cast))
    enter(system("test"))
    rows = [Person.objects.get(pk=key) for key in keys]
    assert [str(row.name) for row in rows] == ["林**", "林**", "林**", "张*", "李*", "王*"]
    assert (str(rows[0].phone), str(rows[1].birth_date), rows[1].birth_year) == ("138****0001", "1952-**-**", 1952)
    houses = [row.household_id for row in rows]
    assert houses[0] == houses[1] == houses[2]
    assert len({houses[0], houses[3], houses[4]}) == 3 and houses[5] is None
    assert Household.objects.get(pk=houses[0]).head_id == keys[0]
    assert (rows[5].state, Residence.objects.get(person=rows[5]).lives) == ("absent", False)
    assert str(Contact.objects.get(person=rows[2]).phone) == "139****0002"
    assert sorted(str(need.group) for need in CareNeed.objects.filter(person__in=keys)) == ["hidden", "old"]
    told = PersonFact.objects.get(person=rows[0])
    assert (told.act, told.fields, told.source) == ("register", ["birth_year", "name", "phone", "sex"], "sheet")
    audit = AuditRow.objects.get(command="residents.register_many")
    assert audit.detail["rows"] == 6 and "林" not in str(audit.detail)
    assert commands.search(cast.secretary, text="林大暑") == [keys[0]]
    assert commands.search(cast.secretary, text="13800000001") == [keys[0]]
    # What was written in bulk is opened like any other.
    told_name = commands.reveal(cast.secretary, rows[0], fields=["name"], purpose="urgent", note="演练一次")
    assert told_name == {"name": "林大暑"}


def test_its_cost_does_not_grow_by_the_row(cast: Cast) -> None:
    home = door(cast).pk

    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            commands.register_many(
                cast.secretary, [{"name": "林惊蛰", "dwelling": home, "phone": "13800000001"}] * count
            )
        return len(queries)

    asked(1)
    assert asked(300) <= asked(1) + 1
    with pytest.raises(Refused, match="第 301 行"):
        commands.register_many(
            cast.secretary, [{"name": "林惊蛰", "dwelling": home}] * 300 + [{"name": "", "dwelling": home}]
        )


def test_every_problem_is_named_before_anything_is_written(cast: Cast) -> None:
    rows = sheet(cast)
    rows[0]["phone"] = "12"
    rows[1]["dwelling"] = 0
    rows[2]["consent"] = "none"
    rows[3]["dwelling"] = door(cast, region=GRID_THERE).pk
    rows[4]["kind"] = "guest"
    rows[5]["guardian_name"] = "林大寒"
    enter(cast.secretary)
    found = commands.check_many(cast.secretary, rows)
    assert [(index, field) for index, field, _said in found] == [
        (0, "phone"), (1, "dwelling"), (2, "care"), (3, "dwelling"), (4, "kind"), (5, "guardian_phone"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="第 1 行") as refused:
        commands.register_many(cast.secretary, rows)
    assert refused.value.rule == "row:0"
    enter(system("test"))
    assert not Person.objects.exists()
    assert commands.register_many(cast.secretary, []) == []
    with pytest.raises(Refused, match="权限"):
        commands.register_many(cast.grid_worker, sheet(cast))


def test_who_may_be_there_already_is_found_in_two_queries(cast: Cast) -> None:
    row = someone(cast)
    rows = [
        {"name": "林小满", "phone": "13800001111", "dwelling": door(cast, "302").pk},
        {"name": "林小满", "dwelling": row.dwelling_id},
        {"name": "林小满", "dwelling": door(cast, "302").pk},
        {"name": "林立秋", "phone": "13800001111", "dwelling": row.dwelling_id},
    ]
    assert commands.alike_many(cast.secretary, rows) == {0: row.pk, 1: row.pk}
    assert commands.alike_many(cast.neighbour, rows) == {}


def test_a_batch_is_taken_back_as_one_act(cast: Cast) -> None:
    stays = someone(cast, home=door(cast, "302"))
    keys = commands.register_many(cast.secretary, sheet(cast))
    with pytest.raises(Refused, match="工作范围"):
        commands.withdraw_many(cast.neighbour, ids=keys)
    assert commands.withdraw_many(cast.secretary, ids=keys) == 6
    enter(system("test"))
    assert list(Person.objects.values_list("pk", flat=True)) == [stays.pk]
    assert Household.objects.count() == 1 and Residence.objects.count() == 1 and not CareNeed.objects.exists()
    again = commands.register_many(cast.secretary, sheet(cast))
    commands.correct(cast.secretary, Person.objects.get(pk=again[1]), changes={"sex": "1"}, given=SAID)
    with pytest.raises(Refused, match="办过事"):
        commands.withdraw_many(cast.secretary, ids=again)
    assert queries.living_in(cast.secretary).count() == 7


def test_a_column_of_values_is_written_as_postgresql_reads_it(cast: Cast) -> None:
    for kind, values in (
        ("text", ["a", 'q"u\\o,te', "{x}", "", None, "NULL", "林'小满"]), ("bytea", [b"\x00\xff\\", None, b""]), ("bigint", [1, None, -5]),
        ("boolean", [True, None, False]), ("date", [date(2026, 3, 2), None]), ("text", [None, None]),
    ):  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT x FROM unnest(%s::{kind}[]) AS n(x)", [array(values)])
            found = [bytes(x) if isinstance(x, memoryview) else x for (x,) in cursor.fetchall()]
        assert found == values


def test_people_sealed_ahead_are_the_same_people(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "TOGETHER", 4)  # two statements for six people
    rows = sheet(cast)
    ahead = commands.seal_ahead(rows)
    assert ahead is not None and len(ahead.columns) == 2
    keys = commands.register_many(cast.secretary, rows, ahead=ahead)
    enter(system("test"))
    assert keys == ahead.keys
    assert commands.search(cast.secretary, text="13800000001") == [keys[0]]
    told = commands.reveal(
        cast.secretary, Person.objects.get(pk=keys[5]), fields=["name"], purpose="urgent", note="演练一次"
    )
    assert told == {"name": "王房"}
    assert commands.seal_ahead([{**rows[0], "phone": "12"}]) is None


def test_the_planner_is_told_of_a_large_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(question: str, *values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(many, "COUNTED", 7)
    with CaptureQueriesContext(connection) as few:
        commands.register_many(cast.secretary, sheet(cast))
    assert not any("residents_count" in query["sql"] for query in few.captured_queries)
    monkeypatch.setattr(many, "COUNTED", 6)
    with CaptureQueriesContext(connection) as enough:
        commands.register_many(cast.secretary, [{**row, "name": f"再{row['name'][1:]}"} for row in sheet(cast)])
    assert sum("residents_count" in query["sql"] for query in enough.captured_queries) == 1
    enter(system("test"))
    # The daily role may have it counted through this function, and in no other way; it sees the rows of its own transaction.
    counted("SELECT count(*) FROM (SELECT residents_count(1000000)) AS done")
    known = "SELECT reltuples FROM pg_class WHERE oid = 'residents_person'::regclass"
    assert counted(known) == counted("SELECT count(*) FROM residents_person") >= 12
    assert not counted(
        "SELECT count(*) FROM pg_proc WHERE proname = 'residents_count' AND has_function_privilege('public', oid, 'EXECUTE')"
    )


def test_one_residence_runs_in_a_dwelling_and_any_number_have_ended(cast: Cast) -> None:
    person = someone(cast)
    enter(system("test"))
    running = Residence.objects.get(person=person)
    same = {"person": person, "dwelling": running.dwelling, "kind": "owner", "region_code": running.region_code}
    for _one in range(2):
        Residence.objects.create(**same, starts=date(2020, 1, 1), ends=date(2021, 1, 1))
    with pytest.raises(IntegrityError, match="residence_once"), transaction.atomic():
        Residence.objects.create(**same, starts=date(2026, 1, 1))
    assert Residence.objects.filter(person=person).count() == 3
