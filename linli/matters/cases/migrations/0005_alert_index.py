"""Routing rules that could not run are counted on the desks of those who mend them; events are many, these are few."""

from django.db import migrations

INDEX = "CREATE INDEX outbox_routing_failed ON commands_outboxrow (created_at) WHERE event = 'cases.routing_failed'"


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_files_wall"), ("commands", "0001_initial")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX outbox_routing_failed")]
