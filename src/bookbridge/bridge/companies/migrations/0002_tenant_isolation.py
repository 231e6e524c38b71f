"""Keeps clients apart, and lets a public page find the client of a company."""

from django.db import migrations

from bookbridge.bridge.clients.tenancy import COLUMN, SETTING
from bookbridge.kit.tenancy import EnableRls

# Runs as the owner, whom row security does not bind; it tells a client's id and nothing else.
CLIENT_OF_COMPANY = """
CREATE FUNCTION client_of_company(uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ SELECT client_id FROM companies_company WHERE id = $1 $$
"""

COMPANY_KEY_FK = """
ALTER TABLE companies_companykey ADD CONSTRAINT companies_companykey_tenant_fk
FOREIGN KEY (client_id, company_id) REFERENCES companies_company (client_id, id)
ON DELETE CASCADE
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [
        EnableRls("companies_company", COLUMN, SETTING, "uuid"),
        EnableRls("companies_companykey", COLUMN, SETTING, "uuid"),
        migrations.RunSQL(
            COMPANY_KEY_FK,
            "ALTER TABLE companies_companykey DROP CONSTRAINT companies_companykey_tenant_fk",
        ),
        migrations.RunSQL(CLIENT_OF_COMPANY, "DROP FUNCTION client_of_company(uuid)"),
    ]
