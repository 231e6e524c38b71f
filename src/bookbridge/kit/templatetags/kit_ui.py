"""Template tags for the components of `docs/ui-components.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from bookbridge.kit import formatting
from bookbridge.kit.listing import Listing

register = template.Library()

BEHAVIOURS = ("copy", "dialog", "menu", "table", "search", "notice", "lines")

# htmx 2 leaves a 4xx unswapped by default; a form that comes back with its errors is a 422.
HTMX_CONFIG = {
    "allowEval": False,
    "includeIndicatorStyles": False,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


@register.simple_tag
def htmx_config() -> str:
    """The htmx settings, once, for the meta element."""
    return json.dumps(HTMX_CONFIG, separators=(",", ":"))


@register.simple_tag
def behaviours() -> SafeString:
    """The script elements of our behaviours, an ES module each."""
    return format_html_join(
        "\n  ",
        '<script type="module" src="{}"></script>',
        ((static(f"kit/js/{name}.js"),) for name in BEHAVIOURS),
    )


@register.inclusion_tag("kit/status_dot.html")
def status_dot(tone: str, word: str) -> dict[str, str]:
    """A word with a dot; tone is ok, wait, warn, bad or none."""
    return {"tone": tone, "word": word}


@register.simple_tag
def money_cell(
    amount: Decimal | None, href: str = "", currency: str = "", css: str = ""
) -> SafeString:
    """A right-aligned table cell with an amount, linked when `href` is given.

    Written here, not in a template: a report may have tens of thousands of them.
    """
    text = formatting.money(amount, currency)
    shown = format_html('<a href="{}">{}</a>', href, text) if href and text else text
    return format_html('<td class="{}">{}</td>', f"num {css}".strip(), shown)


@register.inclusion_tag("kit/field.html")
def field(bound: BoundField, mark_optional: bool = True) -> dict[str, object]:
    """Label above, hint and error below."""
    return {
        "field": bound,
        "checkbox": isinstance(bound.field.widget, CheckboxInput),
        "mark_optional": mark_optional,
    }


def _error_entries(form: BaseForm) -> Iterator[dict[str, str]]:
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        for text in errors:
            yield {
                "target": bound.id_for_label if bound else "",
                "label": str(bound.label) if bound else "",
                "text": str(text),
            }


@register.inclusion_tag("kit/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """What is wrong, on top of the form, each sentence linked to its field."""
    entries = list(_error_entries(form)) if form.is_bound else []
    heading = ngettext("There is a problem.", "There are %(count)d problems.", len(entries))
    return {"entries": entries, "heading": heading % {"count": len(entries)}}


@register.inclusion_tag("kit/sort_head.html", takes_context=True)
def sort_head(context: Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """A column heading that sorts by `key`; the URL says `?sort=key` or `?sort=-key`."""
    request = context["request"]
    current = str(request.GET.get("sort") or context.get("default_sort", ""))
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    query = request.GET.copy()
    query["sort"] = f"-{key}" if current == key else key
    query.pop("page", None)
    return {"href": f"?{query.urlencode()}", "label": label, "css": css, "direction": direction}


@register.inclusion_tag("kit/pagination.html", takes_context=True)
def pagination(context: Context, page: object) -> dict[str, Any]:
    """Which rows are shown, and links to the pages beside them."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("kit/empty_state.html")
def empty_state(text: str, action_url: str = "", action_label: str = "") -> dict[str, object]:
    """One sentence and one action."""
    return {"text": text, "action_url": action_url, "action_label": action_label}


@register.inclusion_tag("kit/list.html", takes_context=True)
def listing_table(
    context: Context,
    listing: Listing[Any],
    empty_text: str,
    empty_url: str = "",
    empty_label: str = "",
) -> dict[str, Any]:
    """A whole list: search, filters, columns, rows, totals, pages."""
    rows = list(listing.page.object_list)
    return {
        "request": context["request"],
        "listing": listing,
        "table": listing.table(rows),
        "totals": listing.totals if rows else [],
        "empty_text": empty_text,
        "empty_url": empty_url,
        "empty_label": empty_label,
    }


@register.inclusion_tag("kit/copy_field.html")
def copy_field(element_id: str, value: str) -> dict[str, str]:
    """A value with a Copy button."""
    return {"id": element_id, "value": value}


@register.inclusion_tag("kit/page_head.html")
def page_head(title: str, state: str = "", **parts: str) -> dict[str, str]:
    """Title, one sentence of state, one action; parts: action_url, action_label, back_url,
    back_label, status_tone, status_word."""
    return {"title": title, "state": state, **parts}


@register.inclusion_tag("kit/progress.html")
def progress(text: str, value: int = 0, maximum: int = 0, rate: str = "") -> dict[str, object]:
    """A bar with what it is doing; without a maximum it only says that it goes on."""
    return {"text": text, "value": value, "maximum": maximum, "rate": rate}
