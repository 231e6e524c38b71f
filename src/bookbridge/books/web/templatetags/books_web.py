"""Navigation of an organisation's pages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseFormSet, BoundField
from django.template import Context
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.queries import organisations_of

register = template.Library()


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    is_current: bool


@register.simple_tag(takes_context=True)
def write_url(context: Context, name: str, *args: object) -> str:
    """As `org_url`, but empty for who may only read: no button then."""
    if not context["request"].membership.may_write:
        return ""
    return org_url(context, name, *args)


@register.simple_tag(takes_context=True)
def org_url(context: Context, name: str, *args: object, **kwargs: object) -> str:
    """The address of a page of the organisation that is open."""
    organisation_id = context["request"].organisation.pk
    if kwargs:
        return reverse(name, kwargs={"organisation_id": organisation_id, **kwargs})
    return reverse(name, args=[organisation_id, *args])


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        ("", [(_("Dashboard"), "dashboard"), (_("Bank"), "bank_accounts")]),
        (
            _("Sales"),
            [
                (_("Customers"), "customers"),
                (_("Invoices"), "invoices"),
                (_("Credit notes"), "credit_notes"),
            ],
        ),
        (
            _("Purchases"),
            [
                (_("Suppliers"), "suppliers"),
                (_("Bills"), "bills"),
                (_("Supplier credit notes"), "bill_credit_notes"),
            ],
        ),
        (
            _("Accounting"),
            [
                (_("Chart of accounts"), "accounts"),
                (_("Journals"), "journals"),
                (_("Projects"), "projects"),
                (_("Reports"), "reports"),
            ],
        ),
        ("", [(_("Settings"), "settings")]),
    ]


@register.inclusion_tag("books/nav.html", takes_context=True)
def books_nav(context: Context) -> dict[str, Any]:
    """The words on the left; the current one is the longest that the address begins with."""
    request = context["request"]
    organisation = getattr(request, "organisation", None)
    user = request.user
    known = list(organisations_of(user)) if isinstance(user, User) else []
    if organisation is None:
        return {"groups": [], "organisation": None, "organisations": known, "user": user}
    home = reverse("dashboard", args=[organisation.pk])
    groups = []
    for title, pages in _groups():
        links = []
        for label, name in pages:
            href = reverse(name, args=[organisation.pk])
            here = request.path == href or (href != home and request.path.startswith(f"{href}/"))
            links.append(Link(label, href, here))
        groups.append((title, links))
    others = [o for o in known if o.pk != organisation.pk]
    return {"groups": groups, "organisation": organisation, "organisations": others, "user": user}


@register.inclusion_tag("books/line_field.html")
def line_field(field: BoundField) -> dict[str, object]:
    """A field within a row; its label shows only where the table's head does not."""
    return {"field": field}


@register.inclusion_tag("kit/error_summary.html")
def line_errors(lines: BaseFormSet[Any]) -> dict[str, object]:
    """What is wrong in the rows, each sentence linked to its field."""
    entries = []
    for number, form in enumerate(lines.forms if lines.is_bound else [], 1):
        for name, errors in form.errors.items():
            target = form[name].id_for_label if name in form.fields else ""
            label = _("Line %(number)d") % {"number": number}
            entries += [{"target": target, "label": label, "text": str(e)} for e in errors]
    return {"entries": entries, "heading": _("Some lines need a look.")}


@register.filter
def negated(amount: Decimal) -> Decimal:
    """The same figure on the other side."""
    return -amount


@register.filter
def plain_figure(figure: Decimal) -> str:
    """A quantity, rate or percentage without needless noughts."""
    return formats.number_format(f"{figure:f}", use_l10n=True, force_grouping=True)


@register.filter
def price(figure: Decimal) -> str:
    """A price with two decimals, or as many as it has."""
    text = f"{figure:f}".rstrip("0") if "." in f"{figure:f}" else f"{figure:f}"
    decimals = len(text.partition(".")[2])
    return formats.number_format(figure, decimal_pos=max(2, decimals), force_grouping=True)


@register.filter
def report_url(name: str, organisation_id: int) -> str:
    """The address of a report by its name in addresses."""
    return reverse(name.replace("-", "_"), args=[organisation_id])
