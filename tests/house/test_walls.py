"""The second wall: row-level security holds even where the first one, `visible_to`, is switched off."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q

from linli.base.actor import ANONYMOUS
from linli.base.scope import enter
from linli.people.accounts.queries import actor_of
from linli.procedures import queries as procedures
from tests.house.test_neighbour import get_everything
from tests.house.world import NEXT_DOOR, World, world

__all__ = ["world"]

# Rows that are about one place or one proceeding, and so must stand behind the wall.
WALLED = (
    "procedures_proceeding", "procedures_entry", "procedures_assignment", "procedures_clock",
    "procedures_ruling", "cases_case", "cases_cluster", "cases_contactattempt", "cases_settlement",
    "indicators_casedelta", "indicators_casedaily",
)  # fmt: skip


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def test_every_table_of_proceedings_and_cases_is_walled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")
        walled = {name for (name,) in cursor.fetchall()}
    assert set(WALLED) <= walled
    labels = (
        "procedures",
        "cases",
        "whistles",
        "taskforces",
        "meetings",
        "indicators",
        "party",
        "answering",
        "sites",
        "facts",
    )
    tables = {model._meta.db_table for label in labels for model in apps.get_app_config(label).get_models()}
    assert sorted(tables - walled) == [], "a table of these rooms without a wall"


def test_without_a_scope_the_web_role_sees_no_row(world: World) -> None:
    assert rows("procedures_entry") > 4, "with the system's scope they are there"
    enter(ANONYMOUS)
    assert {table: rows(table) for table in WALLED if rows(table)} == {}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procedures_proceeding SET title = 'x'")
        assert cursor.rowcount == 0


def test_with_a_scope_elsewhere_it_sees_nothing_of_the_case(world: World) -> None:
    keys: dict[str, Any] = {
        "procedures_proceeding": "id",
        "procedures_ruling": "proceeding_id",
        "cases_case": "proceeding_id",
    }
    for who in ("neighbour", "neighbour_grid_worker", "neighbour_clerk", "sysadmin", "volunteer"):
        enter(actor_of(world.cast.posts[who]))
        with connection.cursor() as cursor:
            for table in WALLED:
                key = keys.get(table) or ("proceeding_id" if table.startswith("procedures_") else "case_id")
                if table in ("cases_cluster", "indicators_casedelta", "indicators_casedaily"):
                    cursor.execute(
                        f"SELECT count(*) FROM {table} WHERE region_code LIKE %s", [f"{world.case.region_code[:12]}%"]
                    )
                else:
                    cursor.execute(f"SELECT count(*) FROM {table} WHERE {key} = %s", [world.case.pk])
                assert cursor.fetchone() == (0,), (who, table)


def test_pages_show_nothing_with_the_first_wall_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedures, "visible", lambda actor: Q())
    for who in ("resident of another case", NEXT_DOOR, "every right, no region", "neighbour's grid worker"):
        assert get_everything(world, who) == []


def test_functions_that_run_as_the_owner_look_at_temporary_tables_last(db: None) -> None:
    """Else a caller's temporary table would stand before ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, array_to_string(p.proconfig, ' ') FROM pg_proc p "
            "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = 'public'"
        )
        found = dict(cursor.fetchall())
    assert len(found) >= 5
    assert {name: path for name, path in found.items() if not (path or "").endswith("pg_temp")} == {}
