"""The index of changes has a column of its own to begin with.

Beginning with the company it looked, for a company just read, as good as the key for finding one
record, and was taken for that: each record was then looked for among all of its company.
"""

from django.db import migrations

# Row security lets an index be searched by operators that leak nothing; that of whole numbers is
# one. Two companies with the same number are told apart by the company itself.
COLUMN = "ADD COLUMN feed bigint GENERATED ALWAYS AS (uuid_hash_extended(company_id, 0)) STORED"


def _index(name: str, table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} {COLUMN}; "
        f"CREATE INDEX {name} ON {table} (feed, change_id) INCLUDE (client_id, company_id)",
        f"ALTER TABLE {table} DROP COLUMN feed",
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0004_keys")]

    operations = [
        migrations.RemoveIndex("record", "records_by_change"),
        migrations.RemoveIndex("supersededversion", "versions_by_change"),
        _index("records_by_change", "records_record"),
        _index("versions_by_change", "records_supersededversion"),
    ]
