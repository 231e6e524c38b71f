"""Forms with lines: rows to fill in, more of them on request, empty ones left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LINES_MAX = 500
BLANK_LINES = 3
PREFIX = "lines"
MORE = "add_line"


class LineSet(BaseFormSet):  # type: ignore[type-arg]
    """Rows of one form; a row is empty when nobody typed into any of its own words and figures."""

    # Fields whose value alone does not make a line, because a new row already has one.
    preset: frozenset[str] = frozenset()

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.use_required_attribute = False

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The cleaned rows that say something."""
        return [
            form.cleaned_data
            for form in self.forms
            if any(
                v not in (None, "") for k, v in form.cleaned_data.items() if k not in self.preset
            )
        ]

    @property
    def has_lines(self) -> bool:
        return bool(self.filled)


def line_set(
    form: type[forms.Form],
    request: HttpRequest,
    *,
    options: Mapping[str, Any],
    preset: Sequence[str] = (),
    initial: Sequence[Mapping[str, Any]] = (),
) -> LineSet:
    """The rows of a request: what was sent, the same with one more, or blank ones."""
    kind: Any = type("Lines", (LineSet,), {"preset": frozenset(preset)})
    more = bool(request.POST.get(MORE))
    blank = 1 if more or initial else BLANK_LINES
    factory: Any = formset_factory(form, formset=kind, extra=blank, max_num=LINES_MAX)
    given = dict(options)
    if request.method == "POST" and not more:
        rows: LineSet = factory(request.POST, prefix=PREFIX, form_kwargs=given)
        return rows
    start = sent_lines(request, list(form.base_fields)) if more else list(initial)
    rows = factory(initial=start, prefix=PREFIX, form_kwargs=given)
    return rows


def sent_lines(request: HttpRequest, names: Sequence[str]) -> list[dict[str, Any]]:
    """What was typed into the rows, as it was typed."""
    try:
        count = min(int(request.POST.get(f"{PREFIX}-TOTAL_FORMS", 0)), LINES_MAX)
    except ValueError:
        return []
    return [
        {name: request.POST.get(f"{PREFIX}-{n}-{name}", "") for name in names} for n in range(count)
    ]


def asks_for_more(request: HttpRequest) -> bool:
    """Whether the button that adds a line was pressed, so that nothing is saved yet."""
    return request.method == "POST" and MORE in request.POST


class CodedSelect(forms.Select):
    """A select whose options carry a figure, such as a tax code's rate."""

    def __init__(self, figures: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.figures = figures or {}

    def create_option(self, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(*args, **options)
        figure = self.figures.get(str(option["value"]))
        if figure is not None:
            option["attrs"]["data-rate"] = figure
        return option


NO_LINES = _("Write at least one line.")
