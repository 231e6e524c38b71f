"""Shuts each organisation's sales away from every other's."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key

TABLES = (
    "sales_item",
    "sales_numberseries",
    "sales_invoice",
    "sales_invoiceline",
    "sales_creditnote",
    "sales_creditnoteline",
    "sales_creditnoteallocation",
    "sales_writeoff",
)
LINE_KEYS = (
    ("account_id", "ledger_nominalaccount"),
    ("tax_code_id", "tax_taxcode"),
    ("project_id", "ledger_project"),
    ("item_id", "sales_item"),
)
KEYS = (
    ("sales_item", "sales_account_id", "ledger_nominalaccount"),
    ("sales_item", "purchase_account_id", "ledger_nominalaccount"),
    ("sales_item", "tax_code_id", "tax_taxcode"),
    ("sales_invoice", "customer_id", "contacts_customer"),
    ("sales_invoice", "entry_id", "ledger_journalentry"),
    ("sales_invoiceline", "invoice_id", "sales_invoice"),
    *(("sales_invoiceline", column, table) for column, table in LINE_KEYS),
    ("sales_creditnote", "customer_id", "contacts_customer"),
    ("sales_creditnote", "entry_id", "ledger_journalentry"),
    ("sales_creditnoteline", "credit_note_id", "sales_creditnote"),
    *(("sales_creditnoteline", column, table) for column, table in LINE_KEYS),
    ("sales_creditnoteallocation", "credit_note_id", "sales_creditnote"),
    ("sales_creditnoteallocation", "invoice_id", "sales_invoice"),
    ("sales_creditnoteallocation", "entry_id", "ledger_journalentry"),
    ("sales_writeoff", "invoice_id", "sales_invoice"),
    ("sales_writeoff", "account_id", "ledger_nominalaccount"),
    ("sales_writeoff", "entry_id", "ledger_journalentry"),
)


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        *(enable_organisation_rls(table) for table in TABLES),
        *(organisation_key(*key) for key in KEYS),
    ]
