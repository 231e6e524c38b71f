# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""API: journal entries, hand-made ones (adjustments), and their reversals."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import Fields, body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.operations import post_adjustment, reverse_entry
from bookbridge.books.ledger.rules import ZERO, PostingLine

# Postings split only by tax code are shown as one line: what differs is VAT detail, which the
# documents carry. `run` numbers the stretches of neighbours that agree in everything else.
_KEYS = ("account_id", "customer_id", "supplier_id", "project_id", "currency")
_SAME = " AND ".join(f"p.{key} IS NOT DISTINCT FROM lag(p.{key}) OVER w" for key in _KEYS)
_LINE = sql.json_object(
    {
        "account-id": "r.account_id::text",
        "amount": "sum(r.amount)::text",
        "currency-code": "r.currency",
        "foreign-amount": "sum(r.foreign_amount)::text",
        "customer-id": "r.customer_id::text",
        "supplier-id": "r.supplier_id::text",
        "project-id": "r.project_id::text",
    }
)
_LINES = f"""COALESCE((SELECT json_agg(l.line ORDER BY l.run) FROM (
    SELECT r.run, {_LINE} AS line FROM (
        SELECT s.*, sum(s.starts) OVER (ORDER BY s.position) AS run FROM (
            SELECT p.position, p.account_id, p.customer_id, p.supplier_id, p.project_id,
                p.currency, p.amount, p.foreign_amount,
                CASE WHEN {_SAME} THEN 0 ELSE 1 END AS starts
            FROM ledger_posting p
            WHERE p.organisation_id = d.organisation_id AND p.entry_id = d.id
            WINDOW w AS (ORDER BY p.position)
        ) s
    ) r GROUP BY r.run, r.account_id, r.customer_id, r.supplier_id, r.project_id, r.currency
) l), '[]'::json)"""

ENTRY = Part(
    table="ledger_journalentry",
    item=sql.resource(
        "journal-entries",
        {
            "date": "d.date",
            "description": "d.description",
            "reference": "d.reference",
            "source-type": "lower(d.source_type)",
            "source-id": "d.source_id::text",
            "reverses-id": "d.reverses_id::text",
            "reason": "d.reason",
            "created-at": sql.moment("d.posted_at"),
            "updated-at": sql.moment("d.posted_at"),
            "journal-lines": _LINES,
        },
    ),
    changed="d.posted_at",
)


def entries(call: Call) -> Listing:
    return Listing(call.company_id, [ENTRY])


def list_entries(call: Call) -> HttpResponseBase:
    return entries(call).respond(call.request)


def show_entry(call: Call, entry_id: int) -> HttpResponseBase:
    return entries(call).one(entry_id)


def create_entry(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "journal_entry")
    date = body.date("date", required=True)
    lines = posting_lines(call.company_id, body)
    body.check()
    assert date is not None
    entry = post_adjustment(
        organisation_id=call.company_id,
        date=date,
        description=body.text("description"),
        reference=body.text("reference"),
        lines=lines,
        actor=call.actor,
        at=call.at,
    )
    return entries(call).one(entry.pk, status=201)


def posting_lines(company_id: int, body: Fields) -> list[PostingLine]:
    rows = body.rows("lines_attributes", required=True)
    codes = {row.text("nominal_code") for row in rows if "nominal_code" in row}
    by_code = dict(
        NominalAccount.objects.filter(organisation_id=company_id, code__in=codes).values_list(
            "code", "pk"
        )
    )
    return [
        PostingLine(
            account_id=account_of(row, by_code),
            amount=row.number("amount", required=True) or ZERO,
            project_id=row.whole("project_id"),
        )
        for row in rows
    ]


def account_of(row: Fields, by_code: dict[str, int]) -> int:
    """The account a line names by id or by code."""
    if row.values.get("nominal_account_id") is None and "nominal_code" in row:
        found = by_code.get(row.text("nominal_code"))
        if found is None:
            row.refuse("nominal_code", _("There is no account with this code."))
        return found or 0
    return row.whole("nominal_account_id", required=True) or 0


def create_reversal(call: Call, entry_id: int) -> HttpResponseBase:
    entries(call).one(entry_id)
    body = body_of(call.request, "reversal")
    date = body.date("date") or timezone.localdate()
    reason = body.text("reason", required=True)
    body.check()
    made = reverse_entry(
        organisation_id=call.company_id,
        entry_id=entry_id,
        date=date,
        reason=reason,
        actor=call.actor,
        at=call.at,
    )
    return entries(call).one(made.pk, status=201)


C = "companies/<int:company_id>/journal_entries"
urlpatterns = [
    path(C, endpoint(get=list_entries, post=create_entry)),
    path(C + "/<int:entry_id>", endpoint(get=show_entry)),
    path(C + "/<int:entry_id>/reversal", endpoint(post=create_reversal)),
]
