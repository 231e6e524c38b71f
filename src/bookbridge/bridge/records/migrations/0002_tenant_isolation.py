"""Keeps clients apart; records go with their connection; bodies are stored as they come."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

TABLES = ("records_rawrecord", "records_record")

# Ciphertext cannot be compressed again. lz4 is quicker than the default, where it is built in.
STORAGE = """
ALTER TABLE records_rawrecord ALTER COLUMN body SET STORAGE EXTERNAL;
DO $$ BEGIN
  ALTER TABLE records_record ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
        ("connections", "0002_tenant_isolation"),
    ]

    operations = [
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
