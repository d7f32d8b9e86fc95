"""Functions that run as the owner must not be led to a temporary table of the caller's: pg_temp is looked up last."""

from django.db import migrations

FUNCTIONS = ("linli_note_case(cases_case, integer)", "linli_count_case()")


def paths(path: str) -> str:
    return "".join(f"ALTER FUNCTION {name} SET search_path = {path};" for name in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_count")]

    operations = [migrations.RunSQL(paths("pg_catalog, public, pg_temp"), paths("public"))]
