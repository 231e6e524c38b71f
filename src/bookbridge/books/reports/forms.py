"""The date control of reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.reports.periods import Period, PeriodUnclearError, parse_period

PRESETS = (
    ("this month", _("This month")),
    ("this quarter", _("This quarter")),
    ("this year", _("This year")),
    ("last year", _("Last year")),
)
DAY_PRESETS = (
    ("today", _("Today")),
    ("last month", _("End of last month")),
    ("last quarter", _("End of last quarter")),
    ("last year", _("End of last year")),
)


class PeriodForm(forms.Form):
    """Takes the words of the address bar or the field; without any, the report's usual days."""

    period = forms.CharField(max_length=60, required=False)

    def __init__(self, data: Any, *, usual: str, today: dt.date, first_year_start: dt.date) -> None:
        super().__init__(data)
        self.usual, self.today, self.first_year_start = usual, today, first_year_start
        self.fields["period"].widget.attrs.update(
            {"class": "input search", "aria-label": _("Period"), "placeholder": usual}
        )

    def _parsed(self, words: str) -> Period:
        return parse_period(words, today=self.today, first_year_start=self.first_year_start)

    def clean_period(self) -> Period:
        words = self.cleaned_data["period"].strip() or self.usual
        try:
            return self._parsed(words)
        except PeriodUnclearError as error:
            raise forms.ValidationError(
                _("“%(words)s” is not a period we understand. Try “this quarter” or “1/4-30/6”."),
                params={"words": words},
            ) from error

    @property
    def chosen(self) -> Period:
        """What the words mean, or the usual days while they are unclear."""
        return self.cleaned_data["period"] if self.is_valid() else self._parsed(self.usual)

    @property
    def words(self) -> str:
        return str(self.data.get("period", "")).strip().lower() or self.usual
