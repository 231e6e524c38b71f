"""Configurations of supplemental and custom data."""

from django.db import migrations, models

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

CLIENT_FK = """
ALTER TABLE supplements_configuration ADD CONSTRAINT supplements_configuration_client_fk
FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("clients", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Configuration",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "client_id",
                        "integration_key",
                        "kind",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("client_id", models.UUIDField()),
                ("integration_key", models.CharField(max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[("SUPPLEMENTAL", "Supplemental"), ("CUSTOM", "Custom")],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("content", models.JSONField()),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(max_length=200)),
            ],
        ),
        EnableRls("supplements_configuration", COLUMN, SETTING, "uuid"),
        migrations.RunSQL(
            CLIENT_FK,
            "ALTER TABLE supplements_configuration"
            " DROP CONSTRAINT supplements_configuration_client_fk",
        ),
    ]
