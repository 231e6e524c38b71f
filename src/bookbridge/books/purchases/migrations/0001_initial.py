"""The tables of purchases."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contacts", "0001_initial"),
        ("ledger", "0001_initial"),
        ("organisations", "0001_initial"),
        ("sales", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.supplier",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillCreditNote",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.supplier",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillCreditNoteAllocation",
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
                    "bill",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_allocations",
                        to="purchases.bill",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="purchases.billcreditnote",
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
            name="BillCreditNoteLine",
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
                        to="purchases.billcreditnote",
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
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="BillLine",
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
                        "bill_id",
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
                    "bill",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="purchases.bill",
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
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                fields=["organisation", "supplier", "date"], name="purchases_bill_supplier"
            ),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["organisation", "date", "id"], name="purchases_bill_date"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(
                    ("status", "APPROVED"),
                    models.Q(("outstanding_amount", Decimal("0")), _negated=True),
                ),
                fields=["organisation", "due_date"],
                name="purchases_bill_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="purchases_bill_tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="billcreditnote",
            index=models.Index(
                fields=["organisation", "supplier", "date"], name="purchases_credit_supplier"
            ),
        ),
        migrations.AddIndex(
            model_name="billcreditnote",
            index=models.Index(fields=["organisation", "date", "id"], name="purchases_credit_date"),
        ),
        migrations.AddConstraint(
            model_name="billcreditnote",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="purchases_billcreditnote_tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="billcreditnoteallocation",
            index=models.Index(
                fields=["organisation", "credit_note"], name="purchases_creditalloc_note"
            ),
        ),
        migrations.AddIndex(
            model_name="billcreditnoteallocation",
            index=models.Index(fields=["organisation", "bill"], name="purchases_creditalloc_bill"),
        ),
        migrations.AddConstraint(
            model_name="billcreditnoteallocation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="purchases_billcreditnoteallocation_tenant"
            ),
        ),
    ]
