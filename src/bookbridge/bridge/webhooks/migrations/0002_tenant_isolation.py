"""Keeps clients apart; what was sent goes with its event and with its consumer."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

TABLES = ("event", "eventcount", "consumer", "message", "attempt")
POINTERS = (
    ("message", "consumer_id", "consumer"),
    ("message", "event_id", "event"),
    ("attempt", "message_id", "message"),
)


def foreign_key(table: str, column: str, to_table: str) -> migrations.RunSQL:
    name = f"webhooks_{table}_{to_table}_fk"
    return migrations.RunSQL(
        f"ALTER TABLE webhooks_{table} ADD CONSTRAINT {name} FOREIGN KEY (client_id, {column}) "
        f"REFERENCES webhooks_{to_table} (client_id, id) ON DELETE CASCADE",
        f"ALTER TABLE webhooks_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        *(EnableRls(f"webhooks_{table}", COLUMN, SETTING, "uuid") for table in TABLES),
        *(foreign_key(*pointer) for pointer in POINTERS),
        migrations.RunSQL(
            "ALTER TABLE webhooks_eventcount ADD CONSTRAINT webhooks_eventcount_client_fk "
            "FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE",
            "ALTER TABLE webhooks_eventcount DROP CONSTRAINT webhooks_eventcount_client_fk",
        ),
    ]
