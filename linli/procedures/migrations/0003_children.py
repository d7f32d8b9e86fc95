"""A parent must wait for children that its handler cannot see: the wall of rows would hide them, and it would close too soon.

The function tells how many there are and nothing else of them.
"""

from django.db import migrations

COUNT = """
CREATE FUNCTION linli_waited_for(parent bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS
$$ SELECT count(*) FROM public.procedures_proceeding WHERE parent_id = parent AND parent_waits AND closed_at IS NULL $$;
REVOKE ALL ON FUNCTION linli_waited_for(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION linli_waited_for(bigint) TO linli_web;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_walls")]

    operations = [migrations.RunSQL(COUNT, "DROP FUNCTION linli_waited_for(bigint)")]
