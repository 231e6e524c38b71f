"""What a line of the statement probably is: an open document of the same amount, or what the same
words were for before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bookbridge.books.banking.models import (
    BankTransactionLine,
    ImportedBankTransaction,
    ImportedStatus,
)
from bookbridge.books.purchases.queries import bills
from bookbridge.books.sales.queries import invoices

CANDIDATES_MAX = 500


@dataclass(frozen=True)
class Suggestion:
    """What to book a line as; `value` is what its OK button sends."""

    value: str
    text: str


def suggestions(
    organisation_id: int, currency: str, lines: Sequence[ImportedBankTransaction]
) -> dict[int, Suggestion]:
    """At most one for each line, by the line's id."""
    found = _as_before(organisation_id, lines)
    for is_in, rows in (
        (True, invoices(organisation_id, only_open=True)),
        (False, bills(organisation_id, only_open=True)),
    ):
        wanted = [line for line in lines if (line.money_in > 0) is is_in]
        found |= _matching(rows.filter(currency=currency), wanted, is_in)
    return found


def _matching(
    rows: QuerySet[Any], lines: Sequence[ImportedBankTransaction], is_in: bool
) -> dict[int, Suggestion]:
    """A document whose number the line names, or the only one of its amount."""
    amounts = {abs(line.amount) for line in lines}
    by_amount: dict[Decimal, list[Any]] = {}
    for document in rows.filter(outstanding_amount__in=amounts)[:CANDIDATES_MAX]:
        by_amount.setdefault(document.outstanding_amount, []).append(document)
    found = {}
    for line in lines:
        candidates = by_amount.get(abs(line.amount), [])
        words = f"{line.description} {line.payee}".casefold()
        named = [d for d in candidates if str(d).casefold() in words]
        chosen = named or candidates
        if len(chosen) == 1:
            document = chosen[0]
            contact = document.customer if is_in else document.supplier
            found[line.pk] = Suggestion(
                f"D{document.pk}",
                _("Match %(document)s, %(contact)s")
                % {"document": document, "contact": contact.name},
            )
    return found


def _as_before(
    organisation_id: int, lines: Sequence[ImportedBankTransaction]
) -> dict[int, Suggestion]:
    """The category that lines with the same words were given."""
    before = (
        ImportedBankTransaction.objects.filter(
            organisation_id=organisation_id,
            status=ImportedStatus.CONFIRMED,
            description__in={line.description for line in lines if line.description},
        )
        .order_by("-id")
        .values_list("description", "bank_transaction_id")[:CANDIDATES_MAX]
    )
    transaction_of: dict[str, int] = {}
    counts: dict[str, int] = {}
    for description, transaction_id in before:
        transaction_of.setdefault(description, transaction_id)
        counts[description] = counts.get(description, 0) + 1
    booked = {
        row.bank_transaction_id: row
        for row in BankTransactionLine.objects.select_related("account").filter(
            organisation_id=organisation_id,
            bank_transaction_id__in=transaction_of.values(),
            position=1,
            account__isnull=False,
        )
    }
    found = {}
    for line in lines:
        row = booked.get(transaction_of.get(line.description, 0))
        if row is not None and row.account is not None:
            text = _("%(account)s · as on %(count)d earlier lines") % {
                "account": row.account,
                "count": counts[line.description],
            }
            found[line.pk] = Suggestion(f"A{row.account_id}:{row.tax_code_id or ''}", text)
    return found
