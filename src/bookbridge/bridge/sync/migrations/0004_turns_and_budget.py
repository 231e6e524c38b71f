"""Urgency of refreshes, incremental scans, an adapting budget, and what the fair queue looks up."""

from django.db import migrations, models

QUEUE_INDEX = """
CREATE INDEX sync_live_runs_of_client ON procrastinate_jobs ((args ->> 'client_id'), priority)
WHERE task_name = 'sync.run_connection' AND status IN ('todo', 'doing')
"""
# The planner knows nothing of a company that was just read for the first time. Only a table's
# owner may analyse it, so that this runs with its owner's rights and takes no argument.
ANALYSE = """
CREATE FUNCTION sync_analyse_records() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE records_record;
    ANALYZE records_rawrecord;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0003_permanent_certificates"),
        ("records", "0002_tenant_isolation"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.AddField("refresh", "urgency", models.SmallIntegerField(default=1)),
        migrations.AddField("refresh", "runs", models.IntegerField(default=0)),
        migrations.AddField("refresh", "reports_at", models.DateTimeField(null=True)),
        migrations.AddField("resourcescan", "since", models.DateTimeField(null=True)),
        migrations.AddField("ratebudget", "per_second", models.FloatField(null=True)),
        migrations.AddField("ratebudget", "limited_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "dataset",
            models.Index(
                fields=["client_id", "connection"],
                name="datasets_waiting",
                condition=models.Q(completed_at=None),
            ),
        ),
        migrations.AddIndex(
            "refresh",
            models.Index(
                fields=["client_id", "connection"],
                name="refreshes_unfinished",
                condition=models.Q(completed_at=None),
            ),
        ),
        migrations.RunSQL(QUEUE_INDEX, "DROP INDEX sync_live_runs_of_client"),
        migrations.RunSQL(ANALYSE, "DROP FUNCTION sync_analyse_records()"),
    ]
