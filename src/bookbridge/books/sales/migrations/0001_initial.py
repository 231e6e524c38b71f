"""The tables of sales."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contacts", "0001_initial"),
        ("ledger", "0001_initial"),
        ("organisations", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        # One resource of the API serves both sides, so each pair of kinds shares its ids.
        migrations.RunSQL(
            "CREATE SEQUENCE books_document_id; CREATE SEQUENCE books_credit_note_id",
            "DROP SEQUENCE books_document_id; DROP SEQUENCE books_credit_note_id",
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                ("date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("DRAFT", "Draft"), ("APPROVED", "Approved"), ("VOID", "Void")],
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "rate",
                    models.DecimalField(decimal_places=9, default=Decimal("1"), max_digits=18),
                ),
                (
                    "rounding_policy",
                    models.CharField(
                        choices=[
                            ("by_line", "Each line to the nearest penny"),
                            ("by_total", "The total VAT to the nearest penny"),
                            ("down", "The total VAT down to the penny below"),
                        ],
                        default="by_line",
                        max_length=10,
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("notes", models.TextField(blank=True, default="")),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("outstanding_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_total", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_outstanding", models.DecimalField(decimal_places=2, max_digits=18)),
                ("void_date", models.DateField(null=True)),
                ("void_reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(
                            models.Value("books_credit_note_id"),
                            function="nextval",
                            output_field=models.BigIntegerField(),
                        ),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.CharField(max_length=60, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("date", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("DRAFT", "Draft"), ("APPROVED", "Approved"), ("VOID", "Void")],
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "rate",
                    models.DecimalField(decimal_places=9, default=Decimal("1"), max_digits=18),
                ),
                (
                    "rounding_policy",
                    models.CharField(
                        choices=[
                            ("by_line", "Each line to the nearest penny"),
                            ("by_total", "The total VAT to the nearest penny"),
                            ("down", "The total VAT down to the penny below"),
                        ],
                        default="by_line",
                        max_length=10,
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("notes", models.TextField(blank=True, default="")),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("outstanding_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_total", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_outstanding", models.DecimalField(decimal_places=2, max_digits=18)),
                ("void_date", models.DateField(null=True)),
                ("void_reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("due_date", models.DateField()),
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(
                            models.Value("books_document_id"),
                            function="nextval",
                            output_field=models.BigIntegerField(),
                        ),
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.CharField(max_length=60, null=True)),
                ("is_sent", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CreditNoteAllocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("reversed_on", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("credit_base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("created_at", models.DateTimeField()),
                (
                    "credit_note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
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
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_allocations",
                        to="sales.invoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("code", models.CharField(blank=True, default="", max_length=60)),
                (
                    "item_type",
                    models.CharField(
                        choices=[
                            ("SERVICE", "Service"),
                            ("INVENTORY", "Stock item"),
                            ("NON_INVENTORY", "Product not kept in stock"),
                        ],
                        default="SERVICE",
                        max_length=20,
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=1000)),
                ("is_sold", models.BooleanField(default=True)),
                ("is_bought", models.BooleanField(default=False)),
                ("sale_price", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("purchase_price", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("is_archived", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
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
                    "purchase_account",
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
                    "sales_account",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("position", models.IntegerField()),
                ("description", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "quantity",
                    models.DecimalField(decimal_places=4, default=Decimal("1"), max_digits=18),
                ),
                ("price", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=7),
                ),
                ("tax_rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation_id",
                        "invoice_id",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.nominalaccount",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
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
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tax.taxcode",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.item",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteLine",
            fields=[
                ("position", models.IntegerField()),
                ("description", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "quantity",
                    models.DecimalField(decimal_places=4, default=Decimal("1"), max_digits=18),
                ),
                ("price", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=4, default=Decimal("0"), max_digits=7),
                ),
                ("tax_rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation_id",
                        "credit_note_id",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.nominalaccount",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="sales.creditnote",
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
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tax.taxcode",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.item",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organisation_id",
                        "kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("INVOICE", "Invoice"), ("CREDIT_NOTE", "Credit note")],
                        max_length=20,
                    ),
                ),
                ("prefix", models.CharField(max_length=20)),
                ("next_number", models.BigIntegerField()),
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
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("reversed_on", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("base_amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.nominalaccount",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
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
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(
                fields=["organisation", "customer", "date"], name="sales_creditnote_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(fields=["organisation", "date", "id"], name="sales_creditnote_date"),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="sales_creditnote_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                fields=("organisation", "number"), name="sales_creditnote_number"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["organisation", "customer", "date"], name="sales_invoice_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["organisation", "date", "id"], name="sales_invoice_date"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
                    ("status", "APPROVED"),
                    models.Q(("outstanding_amount", Decimal("0")), _negated=True),
                ),
                fields=["organisation", "due_date"],
                name="sales_invoice_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="sales_invoice_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "number"), name="sales_invoice_number"
            ),
        ),
        migrations.AddIndex(
            model_name="creditnoteallocation",
            index=models.Index(
                fields=["organisation", "credit_note"], name="sales_creditallocation_note"
            ),
        ),
        migrations.AddIndex(
            model_name="creditnoteallocation",
            index=models.Index(
                fields=["organisation", "invoice"], name="sales_creditallocation_inv"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnoteallocation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="sales_creditnoteallocation_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="sales_item_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True),
                fields=("organisation", "code"),
                name="sales_item_code",
            ),
        ),
        migrations.AddIndex(
            model_name="writeoff",
            index=models.Index(fields=["organisation", "invoice"], name="sales_writeoff_invoice"),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="sales_writeoff_tenant"
            ),
        ),
    ]
