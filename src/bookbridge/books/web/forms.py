"""What the forms of the pages have in common: refusals of operations shown in their place, figures
and dates as people type them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

THOUSANDS = re.compile(r"[,\s\u202f\u00a0]")


class DateField(forms.DateField):
    """A day, picked from a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MoneyField(forms.DecimalField):
    """An amount with up to two decimals; separators and a pound sign are forgiven."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 14)
        options.setdefault("decimal_places", 2)
        super().__init__(**options)
        self.widget = forms.TextInput(
            attrs={"inputmode": "decimal", "class": "input num", "autocomplete": "off"}
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = THOUSANDS.sub("", value).removeprefix("£").replace("\N{MINUS SIGN}", "-")
        return super().to_python(value)


class RecordChoice(forms.ChoiceField):
    """A choice among rows by id; the empty choice is None."""

    def __init__(
        self,
        choices: Sequence[tuple[Any, Any]] = (),
        *,
        empty: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(choices=[("", empty or _("Choose…")), *choices], **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        return int(text) if text else None


def show_refusal(form: forms.BaseForm, error: Exception) -> None:
    """Puts an operation's refusal beside the field it is about, or on top of the form."""
    fields: Mapping[str, Sequence[str]] = getattr(error, "fields", None) or {}
    field = str(getattr(error, "field", ""))
    if not fields and field:
        fields = {field: [str(error)]}
    placed = False
    for name, sentences in fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
            placed = True
    if not placed:
        form.add_error(None, str(error))


def initial_day() -> dt.date:
    """Today where the reader is."""
    return timezone.localdate()


def offer(form: forms.BaseForm, name: str, choices: Sequence[Any]) -> None:
    """Give a choice field what can be chosen: pairs of value and label, or groups of them."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
