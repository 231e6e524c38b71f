"""Rows of one organisation are invisible to, and cannot be pointed at from, another."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key

ACCOUNT, ENTRY, PROJECT = "ledger_nominalaccount", "ledger_journalentry", "ledger_project"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        enable_organisation_rls(ACCOUNT),
        enable_organisation_rls(PROJECT),
        enable_organisation_rls(ENTRY),
        enable_organisation_rls("ledger_posting"),
        enable_organisation_rls("ledger_monthlybalance"),
        organisation_key(ENTRY, "reverses_id", ENTRY),
        organisation_key("ledger_posting", "entry_id", ENTRY),
        organisation_key("ledger_posting", "account_id", ACCOUNT),
        organisation_key("ledger_posting", "project_id", PROJECT),
        organisation_key("ledger_monthlybalance", "account_id", ACCOUNT, deferred=False),
    ]
