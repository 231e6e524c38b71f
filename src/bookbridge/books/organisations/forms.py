"""Forms about an organisation, its members and its lock."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import BusinessType, Member
from bookbridge.books.web.forms import DateField


class NewOrganisationForm(forms.Form):
    """Enough to open a business's books."""

    name = forms.CharField(label=_("Name of the business"), max_length=200)
    business_type = forms.ChoiceField(label=_("Kind of business"), choices=BusinessType.choices)
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=30,
        required=False,
        help_text=_("Only if the business is registered for VAT."),
    )


class ProfileForm(forms.Form):
    """What an organisation says about itself."""

    name = forms.CharField(label=_("Name of the business"), max_length=200)
    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    company_number = forms.CharField(label=_("Company number"), max_length=20, required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=30, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    address_line_1 = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_line_2 = forms.CharField(label=_("Address, line 2"), max_length=200, required=False)
    address_line_3 = forms.CharField(label=_("Address, line 3"), max_length=200, required=False)
    town_city = forms.CharField(label=_("Town or city"), max_length=120, required=False)
    county = forms.CharField(label=_("County"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)


class MemberForm(forms.Form):
    """Somebody who has an account here, and what they may do."""

    email = forms.EmailField(
        label=_("E-mail"), help_text=_("They must have signed up with this address before.")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Member.Role.choices, initial=Member.Role.BOOKKEEPER
    )


class LockForm(forms.Form):
    """The day up to which nothing may be posted any more."""

    lock_date = DateField(
        label=_("Lock up to and including"),
        help_text=_(
            "Nothing dated on or before this day can be posted or changed. It only moves forward."
        ),
    )

    def clean_lock_date(self) -> dt.date:
        chosen: dt.date = self.cleaned_data["lock_date"]
        return chosen
