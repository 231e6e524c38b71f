"""What the ledger refuses, each with a code and a sentence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LedgerError(Exception):
    """A refusal of the ledger; `fields` says where in a form it belongs."""

    code = "ledger_refused"
    field = ""

    @property
    def fields(self) -> dict[str, list[str]]:
        return {self.field: [str(self)]} if self.field else {}


class UnbalancedEntryError(LedgerError):
    code = "entry_unbalanced"

    def __init__(self, description: str, difference: Decimal) -> None:
        self.difference = difference
        super().__init__(
            _("“%(entry)s” does not balance: debits and credits differ by %(difference)s.")
            % {"entry": description, "difference": f"{abs(difference):.2f}"}
        )


class ShortEntryError(LedgerError):
    code = "entry_short"

    def __init__(self, description: str, lines: int) -> None:
        super().__init__(
            ngettext(
                "“%(entry)s” has %(count)d line; a journal entry has at least two.",
                "“%(entry)s” has %(count)d lines; a journal entry has at least two.",
                lines,
            )
            % {"entry": description, "count": lines}
        )


class AmountPrecisionError(LedgerError):
    code = "amount_precision"

    def __init__(self, description: str) -> None:
        super().__init__(
            _("“%(entry)s” has an amount that is not in whole pennies.") % {"entry": description}
        )


class LockedPeriodError(LedgerError):
    code = "period_locked"
    field = "date"

    def __init__(self, date: dt.date, lock_date: dt.date) -> None:
        super().__init__(
            _("The books are locked up to %(lock)s, so nothing can be posted on %(date)s.")
            % {"lock": lock_date.isoformat(), "date": date.isoformat()}
        )


class UnknownAccountError(LedgerError):
    code = "account_unknown"
    field = "nominal_account_id"

    def __init__(self, account: object) -> None:
        super().__init__(_("There is no nominal account %(account)s.") % {"account": account})


class ArchivedAccountError(LedgerError):
    code = "account_archived"
    field = "nominal_account_id"

    def __init__(self, account: object) -> None:
        super().__init__(
            _("The nominal account %(account)s is archived; nothing is posted to it.")
            % {"account": account}
        )


class ControlAccountError(LedgerError):
    code = "account_controlled"
    field = "nominal_account_id"

    def __init__(self, account: object) -> None:
        super().__init__(
            _(
                "%(account)s changes only through its own documents (invoices, bills, payments), "
                "so that it always agrees with them."
            )
            % {"account": account}
        )


class AccountCodeTakenError(LedgerError):
    code = "account_code_taken"
    field = "code"

    def __init__(self, account_code: str) -> None:
        super().__init__(_("There is already a nominal account %(code)s.") % {"code": account_code})


class AccountInvalidError(LedgerError):
    code = "account_invalid"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class AccountInUseError(LedgerError):
    code = "account_in_use"

    def __init__(self, account: object) -> None:
        super().__init__(
            _("%(account)s has a balance or a task in the books, so it cannot be archived.")
            % {"account": account}
        )


class ProjectInvalidError(LedgerError):
    code = "project_invalid"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class UnknownProjectError(LedgerError):
    code = "project_unknown"
    field = "project_id"

    def __init__(self, project_id: object) -> None:
        super().__init__(_("There is no project %(project)s.") % {"project": project_id})


class UnknownEntryError(LedgerError):
    code = "entry_unknown"

    def __init__(self, entry_id: int) -> None:
        super().__init__(_("There is no journal entry %(entry)s.") % {"entry": entry_id})


class EntryAlreadyReversedError(LedgerError):
    code = "entry_already_reversed"

    def __init__(self, entry_id: int) -> None:
        super().__init__(
            _("Journal entry %(entry)s has already been reversed.") % {"entry": entry_id}
        )


class EntryNotReversibleError(LedgerError):
    code = "entry_not_reversible"

    def __init__(self, entry_id: int) -> None:
        super().__init__(
            _("Journal entry %(entry)s is itself a reversal; post the entry anew instead.")
            % {"entry": entry_id}
        )


class DocumentEntryError(LedgerError):
    code = "entry_of_document"

    def __init__(self, entry_id: int) -> None:
        super().__init__(
            _(
                "Journal entry %(entry)s records a document: void the document, "
                "and the entry is reversed with it."
            )
            % {"entry": entry_id}
        )


class ReversalTooEarlyError(LedgerError):
    code = "reversal_too_early"
    field = "date"

    def __init__(self, entry_date: dt.date) -> None:
        super().__init__(
            _("A reversal cannot be dated before the entry itself (%(date)s).")
            % {"date": entry_date.isoformat()}
        )
