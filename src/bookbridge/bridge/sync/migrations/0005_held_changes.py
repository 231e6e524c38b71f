"""What waits for somebody's word: mass deletions, and what only a newer mapping would change."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

STATES = [
    ("Waiting", "Waiting"),
    ("Confirmed", "Confirmed"),
    ("Rejected", "Rejected"),
    ("Withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0004_turns_and_budget"),
        ("connections", "0002_tenant_isolation"),
    ]

    operations = [
        migrations.AddField("mappingstate", "held", models.BigIntegerField(default=0)),
        migrations.AddField(
            "mappingstate", "held_version", models.CharField(blank=True, max_length=40)
        ),
        migrations.CreateModel(
            name="HeldDeletion",
            fields=[
                ("client_id", models.UUIDField()),
                ("company_id", models.UUIDField()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("resource", models.CharField(db_collation="C", max_length=60)),
                ("state", models.CharField(choices=STATES, default="Waiting", max_length=20)),
                ("first_scan", models.BigIntegerField()),
                ("last_scan", models.BigIntegerField()),
                ("missing", models.BigIntegerField()),
                ("live", models.BigIntegerField()),
                ("raised_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                (
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="connections.connection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["client_id", "connection", "-raised_at"], name="held_deletions_of"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "Waiting")),
                        fields=("client_id", "connection", "resource"),
                        name="held_deletion_waits_once",
                    )
                ],
            },
        ),
        EnableRls("sync_helddeletion", COLUMN, SETTING, "uuid"),
        migrations.RunSQL(
            "ALTER TABLE sync_helddeletion ADD CONSTRAINT sync_helddeletion_tenant_fk "
            "FOREIGN KEY (company_id, connection_id) "
            "REFERENCES connections_connection (company_id, id) ON DELETE CASCADE",
            "ALTER TABLE sync_helddeletion DROP CONSTRAINT sync_helddeletion_tenant_fk",
        ),
    ]
