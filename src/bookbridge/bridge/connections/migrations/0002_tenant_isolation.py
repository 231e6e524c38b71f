"""Keeps clients apart; what belongs to a company or a connection goes when it goes."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

TABLES = ("connectionfailure", "connectionevent", "credential", "authorisationrequest")


def foreign_key(table: str, columns: str, to_table: str, to_columns: str) -> migrations.RunSQL:
    name = f"{table}_tenant_fk"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {to_table} ({to_columns}) ON DELETE CASCADE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
        ("companies", "0002_tenant_isolation"),
    ]

    operations = [
        EnableRls("connections_connection", COLUMN, SETTING, "uuid"),
        foreign_key(
            "connections_connection", "client_id, company_id", "companies_company", "client_id, id"
        ),
        *(EnableRls(f"connections_{table}", COLUMN, SETTING, "uuid") for table in TABLES),
        *(
            foreign_key(
                f"connections_{table}",
                "company_id, connection_id",
                "connections_connection",
                "company_id, id",
            )
            for table in TABLES
        ),
    ]
