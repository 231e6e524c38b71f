"""Forms of the chart of accounts and of journals by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.ledger.models import Category, Project
from bookbridge.books.web.forms import DateField, MoneyField, RecordChoice, initial_day, offer

CATEGORIES_OF_BANK = frozenset({Category.BANK, Category.CREDIT_CARD})


class AccountForm(forms.Form):
    """A new account of the chart."""

    code = forms.CharField(label=_("Code"), max_length=10)
    name = forms.CharField(label=_("Name"), max_length=120)
    category = forms.ChoiceField(
        label=_("Category"),
        choices=[(c.value, c.label) for c in Category if c not in CATEGORIES_OF_BANK],
        initial=Category.OVERHEAD,
    )


class AdjustmentForm(forms.Form):
    """What a journal by hand says above its lines."""

    date = DateField(label=_("Date"), initial=initial_day)
    description = forms.CharField(label=_("Description"), max_length=500)
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)


class AdjustmentLineForm(forms.Form):
    """One line of a journal: an account and a debit or a credit."""

    account = RecordChoice(label=_("Account"), required=False)
    project = RecordChoice(label=_("Project"), required=False, empty=_("None"))
    debit = MoneyField(label=_("Debit"), required=False, min_value=0)
    credit = MoneyField(label=_("Credit"), required=False, min_value=0)

    def __init__(self, *args: Any, accounts: Any, projects: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "account", [("", _("Choose…")), *accounts])
        offer(self, "project", [("", _("None")), *projects])
        for name in ("account", "project"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        amounts = [cleaned.get("debit"), cleaned.get("credit")]
        if not any(amounts) and not cleaned.get("account"):
            return cleaned
        if not cleaned.get("account"):
            self.add_error("account", _("Choose the account."))
        if all(amounts):
            self.add_error("credit", _("Either a debit or a credit, not both."))
        elif not any(amounts) and not self.errors:
            self.add_error("debit", _("Write a debit or a credit."))
        return cleaned


class ProjectForm(forms.Form):
    """A job whose income and costs are followed apart."""

    name = forms.CharField(label=_("Name"), max_length=200)
    status = forms.ChoiceField(label=_("Status"), choices=Project.Status.choices)
    date_started = DateField(label=_("Started"), required=False)


class ReversalForm(forms.Form):
    """Why an entry is undone, and on which day."""

    date = DateField(label=_("Date of the reversal"), initial=initial_day)
    reason = forms.CharField(label=_("Reason"), max_length=500)
