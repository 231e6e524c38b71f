"""Counts of each address's requests, when a client was told of its limit, and kept replies."""

from django.db import migrations, models

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

KEPT_REPLY_FK = """
ALTER TABLE api_keptreply ADD CONSTRAINT api_keptreply_client_fk
FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("clients", "0002_zapier_key")]

    operations = [
        migrations.AddField("requestcount", "reached_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="VisitCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "address",
                        "minute",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("address", models.CharField(max_length=64)),
                ("minute", models.DateTimeField()),
                ("requests", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE api_visitcount SET UNLOGGED", "ALTER TABLE api_visitcount SET LOGGED"
        ),
        migrations.CreateModel(
            name="KeptReply",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "client_id",
                        "key_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("client_id", models.UUIDField()),
                ("key_hash", models.BinaryField()),
                ("request_hash", models.BinaryField()),
                ("status", models.IntegerField()),
                ("content_type", models.CharField(max_length=200)),
                ("body_ciphertext", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
            ],
        ),
        EnableRls("api_keptreply", COLUMN, SETTING, "uuid"),
        migrations.RunSQL(
            KEPT_REPLY_FK, "ALTER TABLE api_keptreply DROP CONSTRAINT api_keptreply_client_fk"
        ),
    ]
