"""Every version of every record is kept, in one order of changes for each company."""

from django.db import migrations, models
from django.db.models.functions import Now

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

TABLES = ("records_supersededversion", "records_supersededraw")
NEXT = models.Func(models.Value("records_change"), function="nextval")
CURRENT = models.Func(models.Value("records_change"), function="currval")

# What was there before versions were kept was first known, as far as we can tell, when it was
# written.
BACKFILL = """
UPDATE records_record SET added_change_id = change_id, known_from = modified_at,
    source_changed_at = modified_at
"""

# Ciphertext cannot be compressed again. lz4 is quicker than the default, where it is built in.
STORAGE = """
ALTER TABLE records_supersededraw ALTER COLUMN body SET STORAGE EXTERNAL;
DO $$ BEGIN
  ALTER TABLE records_supersededversion ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
"""


def _c(length: int, *, blank: bool = False) -> models.CharField:
    return models.CharField(max_length=length, blank=blank, db_collation="C")


class Migration(migrations.Migration):
    dependencies = [("records", "0002_tenant_isolation")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE records_change", "DROP SEQUENCE records_change"),
        migrations.AddField("record", "change_id", models.BigIntegerField(db_default=NEXT)),
        migrations.AddField(
            "record", "added_change_id", models.BigIntegerField(db_default=CURRENT)
        ),
        migrations.AddField("record", "known_from", models.DateTimeField(db_default=Now())),
        migrations.AddField("record", "source_changed_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("record", "mapping_changed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "record",
            models.Index(
                fields=["company_id", "change_id"], include=["client_id"], name="records_by_change"
            ),
        ),
        migrations.CreateModel(
            name="SupersededRaw",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "connection_id",
                        "resource",
                        "id_length",
                        "source_id",
                        "known_from",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.UUIDField()),
                ("connection_id", models.UUIDField()),
                ("resource", _c(60)),
                ("id_length", models.SmallIntegerField()),
                ("source_id", _c(200)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField()),
                ("client_id", models.UUIDField()),
                ("parent_id", _c(200, blank=True)),
                ("body", models.BinaryField()),
                ("content_hash", models.BinaryField()),
                ("changed_scan", models.BigIntegerField()),
                ("until_scan", models.BigIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("deleted_scan", models.BigIntegerField(null=True)),
                ("deletion_evidence", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="SupersededVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id",
                        "connection_id",
                        "data_type",
                        "id_length",
                        "record_id",
                        "change_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("company_id", models.UUIDField()),
                ("connection_id", models.UUIDField()),
                ("data_type", _c(40)),
                ("id_length", models.SmallIntegerField()),
                ("record_id", _c(200)),
                ("client_id", models.UUIDField()),
                ("parent_id", _c(200, blank=True)),
                ("body", models.JSONField()),
                ("content_hash", models.BinaryField()),
                ("order_date", models.DateField(null=True)),
                ("source_modified_at", models.DateTimeField(null=True)),
                ("modified_at", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("mapping_version", models.CharField(max_length=40)),
                ("sources", models.JSONField(default=list)),
                ("known_from", models.DateTimeField(db_default=Now())),
                ("change_id", models.BigIntegerField(db_default=NEXT)),
                ("added_change_id", models.BigIntegerField(db_default=CURRENT)),
                ("source_changed_at", models.DateTimeField(db_default=Now())),
                ("mapping_changed_at", models.DateTimeField(null=True)),
                ("known_to", models.DateTimeField(null=True)),
                ("until_change_id", models.BigIntegerField(null=True)),
                ("is_removed", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company_id", "change_id"],
                        include=["client_id"],
                        name="versions_by_change",
                    )
                ],
            },
        ),
        *(EnableRls(table, COLUMN, SETTING, "uuid") for table in TABLES),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_fk "
                "FOREIGN KEY (company_id, connection_id) "
                "REFERENCES connections_connection (company_id, id) ON DELETE CASCADE",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_fk",
            )
            for table in TABLES
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
