"""The count of each client's requests, in a table that costs no wait for the disk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "client_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("client_id", models.UUIDField()),
                ("day", models.DateField()),
                ("requests", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE api_requestcount SET UNLOGGED",
            "ALTER TABLE api_requestcount SET LOGGED",
        ),
    ]
