"""The contact's id is kept shorter, so that an entry of the lists' index always fits: a source may
have long ids in characters of four bytes. Longer ones are compared by the body."""

from importlib import import_module

from django.db import migrations

INDEXES = import_module("bookbridge.bridge.records.migrations.0004_keys").INDEXES
CHANGED = ("records_in_order", "records_by_contact")
COLUMN = """
ALTER TABLE records_record DROP COLUMN contact_id,
    ADD COLUMN contact_id varchar({length}) COLLATE "C" GENERATED ALWAYS AS (
        left(COALESCE(body#>>'{{customerRef,id}}', body#>>'{{supplierRef,id}}',
            body#>>'{{contactRef,id}}'), {length})) STORED
"""


CREATE = ";".join(f"CREATE INDEX {name} ON records_record {INDEXES[name]}" for name in CHANGED)
DROP = f"DROP INDEX {', '.join(CHANGED)}"


class Migration(migrations.Migration):
    dependencies = [("records", "0005_feed")]

    operations = [
        # Both indexes go with the column; the first line makes them again on the way back.
        migrations.RunSQL(migrations.RunSQL.noop, CREATE),
        migrations.RunSQL(COLUMN.format(length=60), COLUMN.format(length=200)),
        migrations.RunSQL(CREATE, DROP),
    ]
