"""What the ORM cannot say: a parent must exist, every change raises the revision, regions are retired and never deleted."""

from django.db import migrations

WATCH = """
ALTER TABLE regions_region ADD CONSTRAINT region_parent_exists
    FOREIGN KEY (parent_code) REFERENCES regions_region (code) DEFERRABLE INITIALLY DEFERRED;

CREATE SEQUENCE regions_revision_number;
INSERT INTO regions_regionrevision (id, number) VALUES (1, nextval('regions_revision_number'));

-- As the owner: the web role may not write the revision itself. The sequence never gives a number twice, not even after
-- a rollback, so a process that read too early cannot mistake its copy for a later state.
CREATE FUNCTION regions_raise_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE regions_regionrevision SET number = nextval('regions_revision_number') WHERE id = 1;
    RETURN NULL;
END $$;

CREATE TRIGGER regions_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON regions_region
    FOR EACH STATEMENT EXECUTE FUNCTION regions_raise_revision();

REVOKE DELETE ON regions_region FROM linli_web;
REVOKE INSERT, UPDATE, DELETE ON regions_regionrevision FROM linli_web;
"""

UNWATCH = """
GRANT INSERT, UPDATE, DELETE ON regions_regionrevision TO linli_web;
GRANT DELETE ON regions_region TO linli_web;
DROP TRIGGER regions_changed ON regions_region;
DROP FUNCTION regions_raise_revision();
DELETE FROM regions_regionrevision;
DROP SEQUENCE regions_revision_number;
ALTER TABLE regions_region DROP CONSTRAINT region_parent_exists;
"""


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]
    operations = [migrations.RunSQL(WATCH, UNWATCH)]
