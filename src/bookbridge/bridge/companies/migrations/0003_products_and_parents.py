"""Which products a company is used for, and which company it belongs to."""

from django.db import migrations, models

PARENT_FK = """
ALTER TABLE companies_company ADD CONSTRAINT companies_company_parent_fk
FOREIGN KEY (client_id, parent_id) REFERENCES companies_company (client_id, id)
ON DELETE SET NULL (parent_id) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_tenant_isolation")]

    operations = [
        migrations.AddField("company", "products", models.JSONField(default=list)),
        migrations.AddField("company", "parent_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "company", models.Index(fields=["client", "parent_id"], name="companies_by_parent")
        ),
        migrations.RunSQL(
            PARENT_FK, "ALTER TABLE companies_company DROP CONSTRAINT companies_company_parent_fk"
        ),
    ]
