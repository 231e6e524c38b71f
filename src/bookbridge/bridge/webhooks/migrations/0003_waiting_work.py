"""Finds the clients whose webhooks wait, in one look; a try can be interrupted."""

from django.db import migrations, models

# Runs as the owner, whom row security does not bind; it tells ids and nothing else.
CLIENTS_WITH_WORK = """
CREATE FUNCTION clients_with_webhooks_waiting(before timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
    SELECT client_id FROM webhooks_event WHERE sequence IS NULL AND NOT is_test
    UNION
    SELECT client_id FROM webhooks_message
     WHERE status IN ('Sending', 'Attempting') AND next_attempt_at <= before
$$
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_tenant_isolation")]

    operations = [
        migrations.RunSQL(
            CLIENTS_WITH_WORK, "DROP FUNCTION clients_with_webhooks_waiting(timestamptz)"
        ),
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("Unknown", "Unknown"),
                    ("Success", "Success"),
                    ("Failure", "Failure"),
                    ("Interrupted", "Interrupted"),
                ],
                default="Unknown",
                max_length=12,
            ),
        ),
    ]
