"""Keeps clients apart; all but an erasure's receipt goes with its company."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls, RevokeFromApp

OF_COMPANY = ("warningsign", "evidencepack", "packchunk", "consentreceipt")
PERMANENT = ("evidence_consentreceipt", "evidence_erasurereceipt")


def of_company(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE evidence_{table} ADD CONSTRAINT evidence_{table}_tenant_fk "
        "FOREIGN KEY (client_id, company_id) REFERENCES companies_company (client_id, id) "
        "ON DELETE CASCADE",
        f"ALTER TABLE evidence_{table} DROP CONSTRAINT evidence_{table}_tenant_fk",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
        ("companies", "0002_tenant_isolation"),
        ("connections", "0002_tenant_isolation"),
    ]

    operations = [
        *(
            EnableRls(f"evidence_{table}", COLUMN, SETTING, "uuid")
            for table in (*OF_COMPANY, "erasurereceipt")
        ),
        *(of_company(table) for table in OF_COMPANY),
        migrations.RunSQL(
            "ALTER TABLE evidence_packchunk ADD CONSTRAINT evidence_packchunk_pack_fk "
            "FOREIGN KEY (company_id, pack_id) REFERENCES evidence_evidencepack (company_id, id) "
            "ON DELETE CASCADE",
            "ALTER TABLE evidence_packchunk DROP CONSTRAINT evidence_packchunk_pack_fk",
        ),
        migrations.RunSQL(
            "ALTER TABLE evidence_erasurereceipt ADD CONSTRAINT evidence_erasurereceipt_client_fk "
            "FOREIGN KEY (client_id) REFERENCES clients_client (id) ON DELETE CASCADE",
            "ALTER TABLE evidence_erasurereceipt DROP CONSTRAINT evidence_erasurereceipt_client_fk",
        ),
        *(RevokeFromApp(table, ("UPDATE", "DELETE", "TRUNCATE")) for table in PERMANENT),
    ]
