"""The form with which staff plan maintenance."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.status.models import REASON_LENGTH_MAX

MINUTES_MAX = 48 * 60


class MaintenanceForm(forms.Form):
    """From when to when, and why."""

    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.DateTimeField(
        label=_("To"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH_MAX,
        help_text=_("One sentence, shown on the status page and to everybody who is kept out."),
    )


class StartNowForm(forms.Form):
    """Maintenance that begins at once."""

    minutes = forms.IntegerField(
        label=_("For how many minutes"), min_value=1, max_value=MINUTES_MAX, initial=30
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH_MAX)
