"""What documents and payments are refused for, each with a code and a sentence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _


class DocumentError(Exception):
    """A refusal about a document or a payment; `fields` says where in a form it belongs."""

    code = "document_refused"
    field = ""

    @property
    def fields(self) -> dict[str, list[str]]:
        return {self.field: [str(self)]} if self.field else {}


class UnknownDocumentError(DocumentError):
    code = "document_unknown"

    def __init__(self, kind: str, document_id: int) -> None:
        super().__init__(
            _("There is no %(kind)s with the id %(id)s.") % {"kind": kind, "id": document_id}
        )


class UnknownContactError(DocumentError):
    code = "contact_unknown"

    def __init__(self, field: str, contact_id: int) -> None:
        self.field = f"{field}_id"
        super().__init__(
            _("There is no customer with the id %(id)s.") % {"id": contact_id}
            if field == "customer"
            else _("There is no supplier with the id %(id)s.") % {"id": contact_id}
        )


class UnknownTaxCodeError(DocumentError):
    code = "tax_code_unknown"
    field = "tax_code_id"

    def __init__(self, tax_code: object) -> None:
        super().__init__(_("There is no tax code %(code)s on that day.") % {"code": tax_code})


class UnknownItemError(DocumentError):
    code = "item_unknown"
    field = "item_id"

    def __init__(self, item_id: int) -> None:
        super().__init__(_("There is no item with the id %(id)s.") % {"id": item_id})


class NoLinesError(DocumentError):
    code = "lines_missing"
    field = "lines"

    def __init__(self) -> None:
        super().__init__(_("Give at least one line."))


class LineAmountError(DocumentError):
    code = "line_amount_invalid"
    field = "lines"

    def __init__(self, position: int) -> None:
        super().__init__(
            _(
                "Line %(position)d has an amount that is not in whole pennies, is too large, or "
                "does not add up: net and VAT make the total."
            )
            % {"position": position}
        )


class AccountMissingError(DocumentError):
    code = "line_account_missing"
    field = "lines"

    def __init__(self, position: int) -> None:
        super().__init__(
            _("Say which nominal account line %(position)d belongs to.") % {"position": position}
        )


class NegativeTotalError(DocumentError):
    code = "total_negative"
    field = "lines"

    def __init__(self) -> None:
        super().__init__(
            _("The total is below zero. Enter the opposite document (a credit note) instead.")
        )


class RateError(DocumentError):
    code = "rate_invalid"
    field = "conversion_rate"

    def __init__(self, currency: str, base_currency: str) -> None:
        super().__init__(
            _("Give the rate that turns %(currency)s into %(base)s; within one currency it is 1.")
            % {"currency": currency, "base": base_currency}
        )


class UnknownCurrencyError(DocumentError):
    code = "currency_unknown"
    field = "currency"

    def __init__(self, currency: str) -> None:
        super().__init__(
            _("“%(currency)s” is not a currency code such as GBP.") % {"currency": currency}
        )


class WrongCurrencyError(DocumentError):
    code = "currency_wrong"
    field = "currency"

    def __init__(self, document: object, document_currency: str, currency: str) -> None:
        super().__init__(
            _(
                "%(document)s is in %(own)s, so %(given)s cannot be set against it. Enter the "
                "payment in %(own)s, with what the bank account saw."
            )
            % {"document": document, "own": document_currency, "given": currency}
        )


class DueDateError(DocumentError):
    code = "due_date_invalid"
    field = "due_date"

    def __init__(self) -> None:
        super().__init__(_("The due date cannot be before the date of the document."))


class RoundingPolicyError(DocumentError):
    code = "rounding_policy_unknown"
    field = "rounding_policy"

    def __init__(self, policy: str) -> None:
        super().__init__(
            _("“%(policy)s” is not a way to round: by_line, by_total or down.") % {"policy": policy}
        )


class StatusError(DocumentError):
    code = "status_invalid"
    field = "status"

    def __init__(self, status: str) -> None:
        super().__init__(
            _("A new document is DRAFT or APPROVED, not “%(status)s”.") % {"status": status}
        )


class NumberTakenError(DocumentError):
    code = "number_taken"
    field = "number"

    def __init__(self, number: str) -> None:
        super().__init__(_("The number %(number)s is already used.") % {"number": number})


class NotDraftError(DocumentError):
    code = "document_not_draft"

    def __init__(self, document: object) -> None:
        super().__init__(_("%(document)s is not a draft.") % {"document": document})


class NotApprovedError(DocumentError):
    code = "document_not_approved"

    def __init__(self, document: object) -> None:
        super().__init__(
            _("%(document)s is a draft or void, so nothing can be set against it.")
            % {"document": document}
        )


class AlreadyVoidError(DocumentError):
    code = "document_void"

    def __init__(self, document: object) -> None:
        super().__init__(_("%(document)s is already void.") % {"document": document})


class AllocatedError(DocumentError):
    code = "document_allocated"

    def __init__(self, document: object, amount: Decimal, currency: str) -> None:
        super().__init__(
            _(
                "%(document)s has %(amount)s %(currency)s of payments, credit notes or write-offs "
                "set against it. Remove those first, then void it."
            )
            % {"document": document, "amount": f"{amount:.2f}", "currency": currency}
        )


class AllocationAmountError(DocumentError):
    code = "allocation_amount_invalid"
    field = "allocations"

    def __init__(self) -> None:
        super().__init__(_("An allocation is an amount above zero, in whole pennies."))


class OutstandingExceededError(DocumentError):
    code = "outstanding_exceeded"
    field = "allocations"

    def __init__(
        self, document: object, amount: Decimal, outstanding: Decimal, currency: str
    ) -> None:
        super().__init__(
            _(
                "%(document)s has only %(outstanding)s %(currency)s outstanding, "
                "so %(amount)s cannot be set against it."
            )
            % {
                "document": document,
                "outstanding": f"{outstanding:.2f}",
                "amount": f"{amount:.2f}",
                "currency": currency,
            }
        )


class CreditExceededError(DocumentError):
    code = "credit_exceeded"
    field = "allocations"

    def __init__(self, amount: Decimal, available: Decimal, currency: str) -> None:
        super().__init__(
            _(
                "Only %(available)s %(currency)s is left to allocate, "
                "so %(amount)s cannot be allocated."
            )
            % {
                "available": f"{available:.2f}",
                "amount": f"{amount:.2f}",
                "currency": currency,
            }
        )


class WrongContactError(DocumentError):
    code = "allocation_contact_wrong"
    field = "allocations"

    def __init__(self, document: object) -> None:
        super().__init__(
            _("%(document)s belongs to another customer or supplier.") % {"document": document}
        )


class AllocationEndedError(DocumentError):
    code = "allocation_ended"

    def __init__(self) -> None:
        super().__init__(_("That allocation has already been removed."))


class DateBeforeDocumentError(DocumentError):
    code = "date_before_document"
    field = "date"

    def __init__(self, date: dt.date) -> None:
        super().__init__(
            _("The date cannot be before %(date)s, the date of what it changes.")
            % {"date": date.isoformat()}
        )


class ReservedAccountError(DocumentError):
    code = "account_reserved"
    field = "nominal_account_id"

    def __init__(self, account: object) -> None:
        super().__init__(
            _(
                "%(account)s cannot be chosen on a line: use the customer, the supplier or the "
                "other bank account instead."
            )
            % {"account": account}
        )
