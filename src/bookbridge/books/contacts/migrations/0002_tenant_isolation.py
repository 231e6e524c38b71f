"""Rows of one organisation are invisible to, and cannot be pointed at from, another."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key

CUSTOMER, SUPPLIER = "contacts_customer", "contacts_supplier"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("ledger", "0002_tenant_isolation")]

    operations = [
        enable_organisation_rls(CUSTOMER),
        enable_organisation_rls(SUPPLIER),
        organisation_key(CUSTOMER, "default_account_id", "ledger_nominalaccount"),
        organisation_key(SUPPLIER, "default_account_id", "ledger_nominalaccount"),
        # The ledger does not know contacts, so its reference to them is tied here.
        organisation_key("ledger_posting", "customer_id", CUSTOMER),
        organisation_key("ledger_posting", "supplier_id", SUPPLIER),
    ]
