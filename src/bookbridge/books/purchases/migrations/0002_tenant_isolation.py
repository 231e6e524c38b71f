"""Shuts each organisation's purchases away from every other's."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key

TABLES = (
    "purchases_bill",
    "purchases_billline",
    "purchases_billcreditnote",
    "purchases_billcreditnoteline",
    "purchases_billcreditnoteallocation",
)
LINE_KEYS = (
    ("account_id", "ledger_nominalaccount"),
    ("tax_code_id", "tax_taxcode"),
    ("project_id", "ledger_project"),
    ("item_id", "sales_item"),
)
KEYS = (
    ("purchases_bill", "supplier_id", "contacts_supplier"),
    ("purchases_bill", "entry_id", "ledger_journalentry"),
    ("purchases_billline", "bill_id", "purchases_bill"),
    *(("purchases_billline", column, table) for column, table in LINE_KEYS),
    ("purchases_billcreditnote", "supplier_id", "contacts_supplier"),
    ("purchases_billcreditnote", "entry_id", "ledger_journalentry"),
    ("purchases_billcreditnoteline", "credit_note_id", "purchases_billcreditnote"),
    *(("purchases_billcreditnoteline", column, table) for column, table in LINE_KEYS),
    ("purchases_billcreditnoteallocation", "credit_note_id", "purchases_billcreditnote"),
    ("purchases_billcreditnoteallocation", "bill_id", "purchases_bill"),
    ("purchases_billcreditnoteallocation", "entry_id", "ledger_journalentry"),
)


class Migration(migrations.Migration):
    dependencies = [("purchases", "0001_initial")]

    operations = [
        *(enable_organisation_rls(table) for table in TABLES),
        *(organisation_key(*key) for key in KEYS),
    ]
