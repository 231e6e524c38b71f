"""What banking refuses beyond what every document is refused for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import DocumentError


class BankAccountInvalidError(DocumentError):
    code = "bank_account_invalid"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class UnknownBankAccountError(DocumentError):
    code = "bank_account_unknown"
    field = "bank_account_id"

    def __init__(self, bank_account_id: int) -> None:
        super().__init__(
            _("There is no bank account with the id %(id)s.") % {"id": bank_account_id}
        )


class ArchivedBankAccountError(DocumentError):
    code = "bank_account_archived"
    field = "bank_account_id"

    def __init__(self, bank_account: object) -> None:
        super().__init__(
            _("%(account)s is archived; nothing is entered in it.") % {"account": bank_account}
        )


class UnknownBankTransactionError(DocumentError):
    code = "bank_transaction_unknown"

    def __init__(self, bank_transaction_id: int) -> None:
        super().__init__(
            _("There is no bank transaction with the id %(id)s.") % {"id": bank_transaction_id}
        )


class TransactionTypeError(DocumentError):
    code = "transaction_type_invalid"
    field = "type"

    def __init__(self, transaction_type: str) -> None:
        super().__init__(
            _(
                "“%(type)s” is not a type of bank transaction: bankpayment, bankreceipt, "
                "customerreceipt or supplierpayment."
            )
            % {"type": transaction_type}
        )


class LineTargetError(DocumentError):
    code = "line_target_invalid"
    field = "account_class_and_id"

    def __init__(self, position: int) -> None:
        super().__init__(
            _(
                "Line %(position)d names one nominal account, customer, supplier or other bank "
                "account, and one that fits the type: a customer receipt has a customer, "
                "a supplier payment has a supplier."
            )
            % {"position": position}
        )


class ContactTwiceError(DocumentError):
    code = "line_contact_twice"
    field = "lines"

    def __init__(self) -> None:
        super().__init__(
            _("The same customer or supplier is on two lines: put the amounts together.")
        )


class SameBankAccountError(DocumentError):
    code = "transfer_to_itself"
    field = "account_class_and_id"

    def __init__(self) -> None:
        super().__init__(_("A transfer goes to another bank account."))


class UseTransferError(DocumentError):
    code = "account_is_bank"
    field = "account_class_and_id"

    def __init__(self, bank_account: object) -> None:
        super().__init__(
            _("%(account)s is a bank account: enter a transfer to it instead.")
            % {"account": bank_account}
        )


class TaxOnContactError(DocumentError):
    code = "tax_not_allowed"
    field = "tax_amount"

    def __init__(self, position: int) -> None:
        super().__init__(
            _(
                "Line %(position)d pays a document or moves money between bank accounts: its VAT "
                "is in the document, so leave it out here."
            )
            % {"position": position}
        )


class TransactionTotalError(DocumentError):
    code = "total_not_positive"
    field = "total_amount"

    def __init__(self) -> None:
        super().__init__(
            _("The total is an amount above zero; the type says whether money went in or out.")
        )


class BankAmountError(DocumentError):
    code = "bank_amount_invalid"
    field = "bank_amount"

    def __init__(self, currency: str) -> None:
        super().__init__(
            _("Give what the account itself saw, in %(currency)s, as an amount above zero.")
            % {"currency": currency}
        )


class UnknownImportedError(DocumentError):
    code = "imported_transaction_unknown"

    def __init__(self, imported_id: int) -> None:
        super().__init__(
            _("There is no imported bank transaction with the id %(id)s.") % {"id": imported_id}
        )


class StatementLineError(DocumentError):
    code = "statement_line_invalid"
    field = "imported_bank_transactions"

    def __init__(self, position: int) -> None:
        super().__init__(
            _(
                "Line %(position)d of the statement: exactly one of money in and money out is "
                "above zero, in whole pennies."
            )
            % {"position": position}
        )


class NotToCheckError(DocumentError):
    code = "imported_transaction_not_to_check"

    def __init__(self) -> None:
        super().__init__(
            _("That line is already confirmed or ignored; bring it back to Check first.")
        )


class ConfirmationAmountError(DocumentError):
    code = "confirmation_amount_wrong"
    field = "total_amount"

    def __init__(self, amount: str) -> None:
        super().__init__(
            _("The bank statement says %(amount)s: amount and direction have to agree with it.")
            % {"amount": amount}
        )
