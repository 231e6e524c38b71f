"""The form of a customer or supplier, and the field that finds one by name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bookbridge.books.contacts.models import Contact
from bookbridge.books.contacts.rules import CURRENCY_CODES
from bookbridge.books.web.forms import MoneyField

DAYS_UNTIL_DUE_MAX = 3650


class ContactForm(forms.Form):
    """Everything that is kept about a customer or supplier."""

    name = forms.CharField(label=_("Name"), max_length=200)
    business_name = forms.CharField(label=_("Business name"), max_length=200, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    address_line_1 = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_line_2 = forms.CharField(label=_("Address, line 2"), max_length=200, required=False)
    address_line_3 = forms.CharField(label=_("Address, line 3"), max_length=200, required=False)
    town_city = forms.CharField(label=_("Town or city"), max_length=120, required=False)
    county = forms.CharField(label=_("County"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as GB.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in CURRENCY_CODES])
    days_until_payment_due = forms.IntegerField(
        label=_("Days until payment is due"), min_value=0, max_value=DAYS_UNTIL_DUE_MAX, initial=30
    )
    credit_limit = MoneyField(label=_("Credit limit"), required=False, min_value=0)
    company_number = forms.CharField(label=_("Company number"), max_length=20, required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=20, required=False)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class ContactField(forms.CharField):
    """Finds a customer or supplier by the name that is typed; the page suggests names."""

    def __init__(self, contacts: QuerySet[Any], *, options_url: str, **options: Any) -> None:
        self.contacts = contacts
        super().__init__(max_length=220, **options)
        self.widget.attrs.update(
            {
                "list": "contact-options",
                "autocomplete": "off",
                "hx-get": options_url,
                "hx-trigger": "focus once, input changed delay:150ms",
                "hx-target": "#contact-options",
            }
        )

    def clean(self, value: Any) -> Contact | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        found = list(self.contacts.filter(name__iexact=text)[:2])
        if not found and "#" in text:
            number = text.rpartition("#")[2]
            found = list(self.contacts.filter(pk=int(number))) if number.isdecimal() else []
        if not found:
            raise forms.ValidationError(_("Nobody here has this name. Choose one of the names."))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several have this name: write it with its number, such as %(example)s.")
                % {"example": f"{text} #{found[0].pk}"}
            )
        contact: Contact = found[0]
        return contact
