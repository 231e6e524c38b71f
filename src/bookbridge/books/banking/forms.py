"""Forms of bank accounts, of money in and out, and of lines that await checking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.banking.models import AccountType
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.contacts.forms import ContactField
from bookbridge.books.documents.forms import CURRENCIES
from bookbridge.books.web.forms import DateField, MoneyField, RecordChoice, initial_day, offer
from bookbridge.books.web.lines import CodedSelect


class BankAccountForm(forms.Form):
    """A new bank account; its nominal account is opened with it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    account_type = forms.ChoiceField(label=_("Kind"), choices=AccountType.choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in CURRENCIES])
    sort_code = forms.CharField(label=_("Sort code"), max_length=20, required=False)
    account_number = forms.CharField(label=_("Account number"), max_length=40, required=False)
    iban = forms.CharField(label=_("IBAN"), max_length=40, required=False)


class TargetField(forms.ChoiceField):
    """A category or, for a transfer, another bank account: `A12` or `B3`."""

    def clean(self, value: Any) -> dict[str, int]:
        text = str(super().clean(value) or "")
        if not text:
            return {}
        return {"account_id" if text[0] == "A" else "transfer_account_id": int(text[1:])}


class MoneyForm(forms.Form):
    """Money in or out, above its lines."""

    date = DateField(label=_("Date"), initial=initial_day)
    description = forms.CharField(label=_("Description"), max_length=500)
    reference = forms.CharField(label=_("Reference"), max_length=200, required=False)


class MoneyLineForm(forms.Form):
    """What part of the money was for, VAT included."""

    target = TargetField(label=_("Category"), required=False)
    description = forms.CharField(label=_("Description"), max_length=1000, required=False)
    tax_code = RecordChoice(label=_("VAT"), required=False)
    project = RecordChoice(label=_("Project"), required=False, empty=_("None"))
    total = MoneyField(label=_("Amount, VAT included"), required=False)

    def __init__(
        self,
        *args: Any,
        targets: Any,
        tax_codes: Any,
        rates: dict[str, str],
        projects: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["tax_code"].widget = CodedSelect(rates)
        offer(self, "target", [("", _("Choose…")), *targets])
        offer(self, "tax_code", [("", _("Usual")), *tax_codes])
        offer(self, "project", [("", _("None")), *projects])
        if not projects:
            del self.fields["project"]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("target") and cleaned.get("total") is None and "total" not in self.errors:
            self.add_error("total", _("Write the amount."))
        if cleaned.get("total") is not None and not cleaned.get("target"):
            self.add_error("target", _("Choose what the money was for."))
        # An empty choice is no word and no figure.
        cleaned["target"] = cleaned.get("target") or None
        return cleaned


def bank_line(line: dict[str, Any]) -> NewBankLine:
    """A cleaned row as a line of a bank transaction."""
    return NewBankLine(
        total_amount=line["total"],
        description=line["description"],
        tax_code_id=line["tax_code"],
        project_id=line.get("project"),
        **line["target"],
    )


class ContactMoneyForm(MoneyForm):
    """Money from a customer or to a supplier, and the documents that it settles."""

    description = forms.CharField(label=_("Description"), max_length=500, required=False)
    total = MoneyField(label=_("Amount"), min_value=0)

    def __init__(self, *args: Any, open_documents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.open_documents = list(open_documents)
        for document in self.open_documents:
            self.fields[f"amount_{document.pk}"] = MoneyField(
                label=str(document), required=False, min_value=0
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        return [(d, self[f"amount_{d.pk}"]) for d in self.open_documents]

    @property
    def amounts(self) -> dict[int, Any]:
        found = ((d.pk, self.cleaned_data.get(f"amount_{d.pk}")) for d in self.open_documents)
        return {pk: amount for pk, amount in found if amount}


class ChooseContactForm(forms.Form):
    """Whose money it is."""

    def __init__(
        self, *args: Any, contacts: Any, options_url: str, label: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["contact"] = ContactField(contacts, options_url=options_url, label=label)


class CheckForm(forms.Form):
    """What one line of the statement was for."""

    target = TargetField(label=_("Category"))
    tax_code = RecordChoice(label=_("VAT"), required=False)

    def __init__(self, *args: Any, targets: Any, tax_codes: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "target", [("", _("Choose…")), *targets])
        offer(self, "tax_code", [("", _("Usual")), *tax_codes])
        for name in self.fields:
            self.fields[name].widget.attrs["class"] = "input"
