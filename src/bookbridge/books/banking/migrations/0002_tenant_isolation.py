"""Shuts each organisation's banking away from every other's."""

from django.db import migrations

from bookbridge.books.organisations.tenancy import enable_organisation_rls, organisation_key

TABLES = (
    "banking_bankaccount",
    "banking_banktransaction",
    "banking_banktransactionline",
    "banking_banktransactionallocation",
    "banking_importedbanktransaction",
)
KEYS = (
    ("banking_bankaccount", "nominal_account_id", "ledger_nominalaccount"),
    ("banking_banktransaction", "bank_account_id", "banking_bankaccount"),
    ("banking_banktransaction", "customer_id", "contacts_customer"),
    ("banking_banktransaction", "supplier_id", "contacts_supplier"),
    ("banking_banktransaction", "transfer_account_id", "banking_bankaccount"),
    ("banking_banktransaction", "entry_id", "ledger_journalentry"),
    ("banking_banktransactionline", "bank_transaction_id", "banking_banktransaction"),
    ("banking_banktransactionline", "account_id", "ledger_nominalaccount"),
    ("banking_banktransactionline", "customer_id", "contacts_customer"),
    ("banking_banktransactionline", "supplier_id", "contacts_supplier"),
    ("banking_banktransactionline", "transfer_account_id", "banking_bankaccount"),
    ("banking_banktransactionline", "tax_code_id", "tax_taxcode"),
    ("banking_banktransactionline", "project_id", "ledger_project"),
    ("banking_banktransactionallocation", "bank_transaction_id", "banking_banktransaction"),
    ("banking_banktransactionallocation", "invoice_id", "sales_invoice"),
    ("banking_banktransactionallocation", "credit_note_id", "sales_creditnote"),
    ("banking_banktransactionallocation", "bill_id", "purchases_bill"),
    ("banking_banktransactionallocation", "bill_credit_note_id", "purchases_billcreditnote"),
    ("banking_banktransactionallocation", "entry_id", "ledger_journalentry"),
    ("banking_importedbanktransaction", "bank_account_id", "banking_bankaccount"),
    ("banking_importedbanktransaction", "bank_transaction_id", "banking_banktransaction"),
)


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_initial")]

    operations = [
        *(enable_organisation_rls(table) for table in TABLES),
        *(organisation_key(*key) for key in KEYS),
    ]
