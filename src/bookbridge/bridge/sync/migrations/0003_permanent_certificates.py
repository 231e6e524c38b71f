"""Certificates outlive their connection and cannot be rewritten; public keys are kept for ever."""

from django.db import migrations, models

from bookbridge.kit.tenancy import RevokeFromApp

OF_CONNECTION = (
    "ALTER TABLE sync_certificate ADD CONSTRAINT sync_certificate_tenant_fk "
    "FOREIGN KEY (company_id, connection_id) REFERENCES connections_connection (company_id, id) "
    "ON DELETE CASCADE"
)
OF_COMPANY = (
    "ALTER TABLE sync_certificate ADD CONSTRAINT sync_certificate_company_fk "
    "FOREIGN KEY (client_id, company_id) REFERENCES companies_company (client_id, id) "
    "ON DELETE CASCADE"
)


class Migration(migrations.Migration):
    dependencies = [("sync", "0002_tenant_isolation")]

    operations = [
        migrations.CreateModel(
            name="PublicKey",
            fields=[
                (
                    "key_id",
                    models.CharField(
                        db_collation="C", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("public_key", models.BinaryField()),
                ("first_used_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE sync_certificate DROP CONSTRAINT sync_certificate_tenant_fk",
            OF_CONNECTION,
        ),
        migrations.RunSQL(
            OF_COMPANY, "ALTER TABLE sync_certificate DROP CONSTRAINT sync_certificate_company_fk"
        ),
        # Erasing a company still takes them: the database's own cascade acts for the owner.
        RevokeFromApp("sync_certificate", ("UPDATE", "DELETE", "TRUNCATE")),
        RevokeFromApp("sync_publickey", ("UPDATE", "DELETE", "TRUNCATE")),
    ]
