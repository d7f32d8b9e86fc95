"""Models and migrations say the same, and the web role can do with the tables what it needs and no more."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.django_db
def test_the_tests_work_as_the_web_role_which_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("linli_web", False, False)
        cursor.execute("SELECT relname FROM pg_class WHERE relowner = 'linli_web'::regrole")
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege('linli_web', 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND has_table_privilege('linli_web', oid, 'TRUNCATE')"
        )
        assert cursor.fetchall() == []
