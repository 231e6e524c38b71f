"""Keeps clients apart; what a sync leaves goes with its connection."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

OF_CONNECTION = (
    "refresh",
    "dataset",
    "resourcescan",
    "scanpage",
    "resourcestate",
    "mappingstate",
    "certificate",
)


def foreign_key(
    table: str, columns: str, to_table: str, to_columns: str, name: str
) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {to_table} ({to_columns}) ON DELETE CASCADE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0001_initial"),
        ("connections", "0002_tenant_isolation"),
    ]

    operations = [
        *(EnableRls(f"sync_{table}", COLUMN, SETTING, "uuid") for table in OF_CONNECTION),
        EnableRls("sync_ratebudget", COLUMN, SETTING, "uuid"),
        EnableRls("sync_syncsetting", COLUMN, SETTING, "uuid"),
        *(
            foreign_key(
                f"sync_{table}",
                "company_id, connection_id",
                "connections_connection",
                "company_id, id",
                f"sync_{table}_tenant_fk",
            )
            for table in OF_CONNECTION
        ),
        foreign_key(
            "sync_dataset",
            "client_id, refresh_id",
            "sync_refresh",
            "client_id, id",
            "sync_dataset_refresh_fk",
        ),
        foreign_key(
            "sync_syncsetting",
            "client_id, company_id",
            "companies_company",
            "client_id, id",
            "sync_syncsetting_tenant_fk",
        ),
    ]
