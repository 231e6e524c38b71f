"""The tables of banking."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contacts", "0001_initial"),
        ("ledger", "0001_initial"),
        ("organisations", "0001_initial"),
        ("purchases", "0001_initial"),
        ("sales", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "account_type",
                    models.CharField(
                        choices=[
                            ("CURRENT", "Current account"),
                            ("SAVINGS", "Savings account"),
                            ("CREDIT_CARD", "Credit card"),
                            ("CASH", "Cash"),
                            ("PAYPAL", "PayPal"),
                            ("STRIPE", "Stripe"),
                            ("MERCHANT", "Merchant account"),
                            ("LOAN", "Loan"),
                            ("DIRECTORS_LOAN", "Director's loan account"),
                        ],
                        default="CURRENT",
                        max_length=20,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("sort_code", models.CharField(blank=True, default="", max_length=20)),
                ("account_number", models.CharField(blank=True, default="", max_length=40)),
                ("iban", models.CharField(blank=True, default="", max_length=40)),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("ARCHIVED", "Archived")],
                        default="ACTIVE",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "nominal_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.nominalaccount",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BankTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("bankpayment", "Payment"),
                            ("bankreceipt", "Receipt"),
                            ("customerreceipt", "Customer receipt"),
                            ("supplierpayment", "Supplier payment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("currency", models.CharField(max_length=3)),
                (
                    "conversion_rate",
                    models.DecimalField(decimal_places=9, default=Decimal("1"), max_digits=18),
                ),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("bank_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("is_split", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("VOID", "Void")],
                        default="ACTIVE",
                        max_length=10,
                    ),
                ),
                ("void_date", models.DateField(null=True)),
                ("void_reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.customer",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.journalentry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.supplier",
                    ),
                ),
                (
                    "transfer_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BankTransactionAllocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_position", models.IntegerField()),
                ("date", models.DateField()),
                ("reversed_on", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("money_base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("created_at", models.DateTimeField()),
                (
                    "bank_transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="banking.banktransaction",
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_allocations",
                        to="purchases.bill",
                    ),
                ),
                (
                    "bill_credit_note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_allocations",
                        to="purchases.billcreditnote",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_allocations",
                        to="sales.creditnote",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.journalentry",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_allocations",
                        to="sales.invoice",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BankTransactionLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation_id",
                        "bank_transaction_id",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("position", models.IntegerField()),
                ("description", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "transfer_amount",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True),
                ),
                (
                    "tax_rate",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=7),
                ),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "control_base",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                ),
                (
                    "unallocated_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                ),
                (
                    "unallocated_base",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.nominalaccount",
                    ),
                ),
                (
                    "bank_transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="banking.banktransaction",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.customer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.project",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.supplier",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tax.taxcode",
                    ),
                ),
                (
                    "transfer_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ImportedBankTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("payee", models.CharField(blank=True, default="", max_length=200)),
                (
                    "money_in",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                ),
                (
                    "money_out",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("occurrence", models.IntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("TO_CHECK", "To check"),
                            ("IGNORED", "Ignored"),
                            ("CONFIRMED", "Confirmed"),
                        ],
                        default="TO_CHECK",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imported_transactions",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "bank_transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imported_lines",
                        to="banking.banktransaction",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="banking_bankaccount_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("organisation", "nominal_account"), name="banking_account_nominal"
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                fields=["organisation", "bank_account", "date", "id"],
                name="banking_transaction_ledger",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("customer__isnull", False)),
                fields=["organisation", "customer", "date"],
                name="banking_transaction_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("supplier__isnull", False)),
                fields=["organisation", "supplier", "date"],
                name="banking_transaction_supplier",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("transfer_account__isnull", False)),
                fields=["organisation", "transfer_account", "date", "id"],
                name="banking_transaction_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransaction",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="banking_banktransaction_tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionallocation",
            index=models.Index(
                fields=["organisation", "bank_transaction"], name="banking_allocation_money"
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionallocation",
            index=models.Index(
                condition=models.Q(("invoice__isnull", False)),
                fields=["organisation", "invoice"],
                name="banking_allocation_invoice",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionallocation",
            index=models.Index(
                condition=models.Q(("bill__isnull", False)),
                fields=["organisation", "bill"],
                name="banking_allocation_bill",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionallocation",
            index=models.Index(
                condition=models.Q(("credit_note__isnull", False)),
                fields=["organisation", "credit_note"],
                name="banking_allocation_credit",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionallocation",
            index=models.Index(
                condition=models.Q(("bill_credit_note__isnull", False)),
                fields=["organisation", "bill_credit_note"],
                name="banking_allocation_bill_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransactionallocation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="banking_banktransactionallocation_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransactionallocation",
            constraint=models.CheckConstraint(
                condition=django.db.models.expressions.RawSQL(
                    "num_nonnulls(invoice_id, credit_note_id, bill_id, bill_credit_note_id) = 1",
                    (),
                    output_field=models.BooleanField(),
                ),
                name="banking_allocation_one_document",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionline",
            index=models.Index(
                condition=models.Q(("customer__isnull", False)),
                fields=["organisation", "customer", "bank_transaction"],
                name="banking_line_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionline",
            index=models.Index(
                condition=models.Q(("supplier__isnull", False)),
                fields=["organisation", "supplier", "bank_transaction"],
                name="banking_line_supplier",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransactionline",
            index=models.Index(
                condition=models.Q(("transfer_account__isnull", False)),
                fields=["organisation", "transfer_account", "bank_transaction"],
                name="banking_line_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransactionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("account__isnull", False),
                        ("customer", None),
                        ("supplier", None),
                        ("transfer_account", None),
                    ),
                    models.Q(
                        ("account", None),
                        ("customer__isnull", False),
                        ("supplier", None),
                        ("transfer_account", None),
                    ),
                    models.Q(
                        ("account", None),
                        ("customer", None),
                        ("supplier__isnull", False),
                        ("transfer_account", None),
                    ),
                    models.Q(
                        ("account", None),
                        ("customer", None),
                        ("supplier", None),
                        ("transfer_account__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="banking_line_one_target",
            ),
        ),
        migrations.AddIndex(
            model_name="importedbanktransaction",
            index=models.Index(
                fields=["organisation", "bank_account", "status", "date", "id"],
                name="banking_imported_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedbanktransaction",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="banking_importedbanktransaction_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importedbanktransaction",
            constraint=models.UniqueConstraint(
                fields=("organisation", "bank_account", "fingerprint", "occurrence"),
                name="banking_imported_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedbanktransaction",
            constraint=models.UniqueConstraint(
                fields=("organisation", "bank_transaction"), name="banking_imported_transaction"
            ),
        ),
        migrations.AddConstraint(
            model_name="importedbanktransaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("money_in__gt", 0), ("money_out", 0)),
                    models.Q(("money_in", 0), ("money_out__gt", 0)),
                    _connector="OR",
                ),
                name="banking_imported_one_way",
            ),
        ),
    ]
