"""A card is in one branch on any day. Cards, where they belong and surveys are seen where one works; what party
organisations are and how they changed also from below, since they stand above."""

from django.db import migrations

APART = """
ALTER TABLE party_membership ADD CONSTRAINT membership_apart EXCLUDE USING gist (
  int8range(card_id, card_id, '[]') WITH &&, daterange(starts, until) WITH &&) WHERE (NOT attached);
"""
REGIONS = "(SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[]"
ALL = "(SELECT current_setting('linli.everything', true)) = 'on'"
BELOW = f"{ALL} OR region_code ^@ ANY ({REGIONS})"


def around(code: str) -> str:
    """Where one works and the regions above it; what has no region at all is the whole office's."""
    return f"{ALL} OR EXISTS (SELECT 1 FROM unnest({REGIONS}) r WHERE {code} ^@ r OR r ^@ {code})"  # noqa: S608


OF_ORGANISATION = (
    f"{ALL} OR EXISTS (SELECT 1 FROM organisations_organisation o, unnest({REGIONS}) r "  # noqa: S608
    "WHERE o.id = organisation_id AND (o.region_code ^@ r OR r ^@ o.region_code))"
)
SEEN = {
    "party_membercard": BELOW,
    "party_unitsurvey": BELOW,
    "party_membership": "EXISTS (SELECT 1 FROM party_membercard c WHERE c.id = card_id)",
    "party_change": around("region_code"),
    "party_changepart": "EXISTS (SELECT 1 FROM party_change c WHERE c.id = change_id)",
    "party_partyorganisation": OF_ORGANISATION,
    "party_coverage": OF_ORGANISATION,
}
# What happened is only ever added to.
KEPT = ("party_change", "party_changepart")


def walls(table: str) -> migrations.RunSQL:
    seen = SEEN[table]
    up = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({seen});
        CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
    """
    down = f"DROP POLICY seen ON {table}; DROP POLICY added ON {table};"
    if table not in KEPT:
        up += f"CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({seen}) WITH CHECK (true);"
        down += f"DROP POLICY changed ON {table};"
    return migrations.RunSQL(up, f"{down} ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;")


class Migration(migrations.Migration):
    dependencies = [("party", "0001_initial")]

    operations = [
        migrations.RunSQL(APART, "ALTER TABLE party_membership DROP CONSTRAINT membership_apart"),
        *(walls(table) for table in SEEN),
    ]
