"""A version that has been in force is never edited and never deleted: proceedings, clocks and figures are pinned to it.

It may only be retired. The trigger binds the owner too, so that a mistake in a migration or a shell is refused as well.
"""

from django.db import migrations

KEPT = """
CREATE FUNCTION linli_policy_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'draft' THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR NEW.status = 'draft'
    OR (NEW.id, NEW.code, NEW.version, NEW.name, NEW.data, NEW.source, NEW.basis, NEW.origin, NEW.valid_from, NEW.published_at,
        NEW.published_by, NEW.created_at, NEW.digest)
      IS DISTINCT FROM
       (OLD.id, OLD.code, OLD.version, OLD.name, OLD.data, OLD.source, OLD.basis, OLD.origin, OLD.valid_from, OLD.published_at,
        OLD.published_by, OLD.created_at, OLD.digest) THEN
    RAISE EXCEPTION 'policy %@% has been in force and is kept as it was', OLD.code, OLD.version;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON policies_policyversion FOR EACH ROW EXECUTE FUNCTION linli_policy_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_source")]

    operations = [
        migrations.RunSQL(KEPT, "DROP TRIGGER kept ON policies_policyversion; DROP FUNCTION linli_policy_kept();"),
    ]
