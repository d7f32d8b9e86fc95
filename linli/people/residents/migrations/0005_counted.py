"""A register that fills at once is counted at once; what another index holds already needs none of its own.

After a large batch into a register that was empty, or was emptied by an undoing, the planner still takes it for empty and
keeps any plan for a table of one row: each foreign key was then checked by reading an index from end to end. The daily role
may not ANALYZE; this function may, and does it only where there are more new rows than the planner knows of.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, F, Value, When

COUNT = """
CREATE FUNCTION residents_count(added integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['person', 'household', 'residence', 'personfact'] LOOP
    IF (SELECT c.reltuples FROM pg_class c WHERE c.oid = ('public.residents_' || one)::regclass) < added THEN
      EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', 'residents_' || one);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION residents_count(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION residents_count(integer) TO linli_web;
"""


class Migration(migrations.Migration):
    dependencies = [("residents", "0004_acts")]

    operations = [
        migrations.RunSQL(COUNT, "DROP FUNCTION residents_count(integer)"),
        # The index of the foreign key finds those that run as well: a dwelling has a handful.
        migrations.RemoveIndex(model_name="household", name="household_dwelling"),
        # One index that holds every residence of a person and keeps two of one dwelling from running at once.
        migrations.RemoveConstraint(model_name="residence", name="residence_once"),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.UniqueConstraint(
                F("person"),
                F("dwelling"),
                Case(When(ends=None, then=Value(0)), default=F("id"), output_field=models.BigIntegerField()),
                name="residence_once",
            ),
        ),
        migrations.AlterField(
            model_name="residence",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="residences",
                to="residents.person",
                verbose_name="居民",
            ),
        ),
    ]
