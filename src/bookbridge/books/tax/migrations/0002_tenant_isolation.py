"""Rows of one organisation are invisible to, and cannot be pointed at from, another."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_initial")]

    operations = [
        enable_organisation_rls("tax_taxcode"),
        enable_organisation_rls("tax_taxrate"),
        organisation_key("tax_taxrate", "tax_code_id", "tax_taxcode"),
    ]
