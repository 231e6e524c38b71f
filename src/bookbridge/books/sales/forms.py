"""Forms of the sales side alone."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.web.forms import DateField, MoneyField, initial_day


class WriteOffForm(forms.Form):
    """How much of an invoice will never be paid."""

    date = DateField(label=_("Date"), initial=initial_day)
    amount = MoneyField(label=_("Amount"), min_value=0)
    reason = forms.CharField(label=_("Reason"), max_length=500)
