"""How the hosts of platforms are doing: shared by all clients, so without row security."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_tenant_isolation")]

    operations = [
        migrations.CreateModel(
            name="SourceHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("integration_key", models.CharField(max_length=8)),
                ("host", models.CharField(max_length=300)),
                ("state", models.CharField(default="unknown", max_length=20)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("planned", models.JSONField(default=list)),
                ("checked_at", models.DateTimeField(null=True)),
                ("down_since", models.DateTimeField(null=True)),
                ("expected_at", models.DateTimeField(null=True)),
                ("looks", models.IntegerField(default=0)),
                ("looking_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("integration_key", "host"), name="integrations_health_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceOutage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("integration_key", models.CharField(max_length=8)),
                ("host", models.CharField(max_length=300)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("STATUS_PAGE", "Status Page"), ("ANSWER", "Answer")],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["integration_key", "host", "-started_at"], name="outages_of_a_host"
                    )
                ],
            },
        ),
    ]
