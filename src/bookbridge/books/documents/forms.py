"""Forms of invoices, bills and both kinds of credit note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.contacts.forms import ContactField
from bookbridge.books.contacts.rules import CURRENCY_CODES
from bookbridge.books.web.forms import DateField, MoneyField, RecordChoice, initial_day, offer
from bookbridge.books.web.lines import CodedSelect

COMMON_CURRENCIES = ("GBP", "EUR", "USD")
CURRENCIES = [*COMMON_CURRENCIES, *sorted(CURRENCY_CODES - set(COMMON_CURRENCIES))]


class DocumentForm(forms.Form):
    """What a document says above its lines."""

    date = DateField(label=_("Date"), initial=initial_day)
    due_date = DateField(
        label=_("Due"), required=False, help_text=_("Left empty: by the contact's terms.")
    )
    number = forms.CharField(
        label=_("Number"), max_length=60, required=False, help_text=_("Left empty: the next one.")
    )
    reference = forms.CharField(label=_("Reference"), max_length=200, required=False)
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[("", _("The contact's own")), *[(c, c) for c in CURRENCIES]],
    )
    rate = forms.DecimalField(
        label=_("Rate"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=9,
        help_text=_("What one unit of it is worth in the books' currency."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea)

    def __init__(
        self,
        *args: Any,
        contacts: Any,
        contact_label: Any,
        options_url: str,
        number_label: Any,
        is_claim: bool,
        has_own_number: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["contact"] = ContactField(
            contacts, options_url=options_url, label=contact_label
        )
        self.order_fields(["contact"])
        if not is_claim:
            del self.fields["due_date"]
        if not has_own_number:
            del self.fields["number"]
            self.fields["reference"].label = number_label


class DocumentLineForm(forms.Form):
    """One line of a document."""

    description = forms.CharField(label=_("Description"), max_length=1000, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, max_digits=18, decimal_places=4, initial=1
    )
    price = MoneyField(label=_("Price"), required=False, decimal_places=4)
    tax_code = RecordChoice(label=_("VAT"), required=False)
    account = RecordChoice(label=_("Category"), required=False)
    project = RecordChoice(label=_("Project"), required=False, empty=_("None"))

    def __init__(
        self,
        *args: Any,
        accounts: Any,
        tax_codes: Any,
        rates: dict[str, str],
        projects: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["tax_code"].widget = CodedSelect(rates)
        choices = {
            "tax_code": [("", _("Usual")), *tax_codes],
            "account": [("", _("Usual")), *accounts],
            "project": [("", _("None")), *projects],
        }
        for name, found in choices.items():
            offer(self, name, found)
        if not projects:
            del self.fields["project"]
        self.fields["quantity"].widget = forms.TextInput(
            attrs={"inputmode": "decimal", "class": "input num"}
        )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        is_said = cleaned.get("description") or cleaned.get("price") is not None
        if is_said and cleaned.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Write the price."))
        if cleaned.get("quantity") is None:
            cleaned["quantity"] = 1
        return cleaned


class VoidForm(forms.Form):
    """Why a document is undone, and from which day."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    date = DateField(
        label=_("Date of the reversal"),
        required=False,
        help_text=_("Left empty: the document's own date. A locked period needs a later day."),
    )


class AllocationForm(forms.Form):
    """How much of a credit goes to each open document."""

    date = DateField(label=_("Date"), initial=initial_day)

    def __init__(self, *args: Any, open_documents: Any, remaining: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.open_documents = list(open_documents)
        left = remaining
        for document in self.open_documents:
            share = min(left, document.outstanding_amount)
            left -= share
            self.fields[f"amount_{document.pk}"] = MoneyField(
                label=str(document),
                required=False,
                min_value=0,
                initial=share if share else None,
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        return [(d, self[f"amount_{d.pk}"]) for d in self.open_documents]

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.amounts:
            raise forms.ValidationError(_("Write an amount beside at least one document."))
        return self.cleaned_data

    @property
    def amounts(self) -> dict[int, Any]:
        found = ((d.pk, self.cleaned_data.get(f"amount_{d.pk}")) for d in self.open_documents)
        return {pk: amount for pk, amount in found if amount}
