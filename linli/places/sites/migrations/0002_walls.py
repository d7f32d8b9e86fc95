"""Sites and their hours are read by everybody and written where one works; construction sites and things are seen by region."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
OF_SITE = f"EXISTS (SELECT 1 FROM sites_site WHERE sites_site.id = site_id AND ({SEEN}))"  # noqa: S608 (no value from outside)
WALLS = f"""
ALTER TABLE sites_constructionsite ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON sites_constructionsite FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON sites_constructionsite FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON sites_constructionsite FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
ALTER TABLE sites_thing ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON sites_thing FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON sites_thing FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON sites_thing FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
ALTER TABLE sites_site ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON sites_site FOR SELECT TO linli_web USING (true);
CREATE POLICY added ON sites_site FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON sites_site FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
ALTER TABLE sites_siteservice ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON sites_siteservice FOR SELECT TO linli_web USING (true);
CREATE POLICY added ON sites_siteservice FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY removed ON sites_siteservice FOR DELETE TO linli_web USING ({OF_SITE});
ALTER TABLE sites_hoursexception ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON sites_hoursexception FOR SELECT TO linli_web USING (true);
CREATE POLICY added ON sites_hoursexception FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY removed ON sites_hoursexception FOR DELETE TO linli_web USING ({OF_SITE});
CREATE POLICY seen_of_thing ON files_storedfile FOR SELECT TO linli_web USING (
  owner_kind = 'thing' AND EXISTS (SELECT 1 FROM sites_thing t WHERE t.id = owner_id::bigint)
);
"""  # noqa: S608 (no value from outside)
_TABLES = {
    "constructionsite": ("seen", "added", "changed"),
    "thing": ("seen", "added", "changed"),
    "site": ("seen", "added", "changed"),
    "siteservice": ("seen", "added", "removed"),
    "hoursexception": ("seen", "added", "removed"),
}
NO_WALLS = "DROP POLICY seen_of_thing ON files_storedfile; " + "".join(
    "".join(f"DROP POLICY {policy} ON sites_{table}; " for policy in policies)
    + f"ALTER TABLE sites_{table} DISABLE ROW LEVEL SECURITY; "
    for table, policies in _TABLES.items()
)


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial"), ("files", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
