"""Document numbers: gap-free for each organisation, or given and then unique."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.documents.errors import DocumentError, NumberTakenError
from bookbridge.books.sales.models import CreditNote, Invoice, NumberedDocument, NumberSeries

FIRST_NUMBERS = {
    NumberedDocument.INVOICE: ("INV-", 1001),
    NumberedDocument.CREDIT_NOTE: ("CN-", 2001),
}
MODELS: dict[str, type[models.Model]] = {
    NumberedDocument.INVOICE: Invoice,
    NumberedDocument.CREDIT_NOTE: CreditNote,
}
NUMBER_LENGTH_MAX = 60


class NumberLengthError(DocumentError):
    code = "number_too_long"
    field = "number"

    def __init__(self) -> None:
        super().__init__(_("A number has up to 60 letters and digits."))


def given_number(organisation_id: int, kind: str, number: str) -> str:
    """A number that somebody chose; raises NumberTakenError and NumberLengthError."""
    number = number.strip()
    if len(number) > NUMBER_LENGTH_MAX:
        raise NumberLengthError
    if _is_taken(organisation_id, kind, number):
        raise NumberTakenError(number)
    return number


def next_number(organisation_id: int, kind: str) -> str:
    """The next number of the series, stepping over those given by hand.

    The caller holds the organisation's row and uses the number in the same transaction, so a
    number that is taken is always the number of a document.
    """
    prefix, first = FIRST_NUMBERS[NumberedDocument(kind)]
    series, _created = NumberSeries.objects.get_or_create(
        organisation_id=organisation_id,
        kind=kind,
        defaults={"prefix": prefix, "next_number": first},
    )
    number = f"{series.prefix}{series.next_number}"
    while _is_taken(organisation_id, kind, number):
        series.next_number += 1
        number = f"{series.prefix}{series.next_number}"
    NumberSeries.objects.filter(organisation_id=organisation_id, kind=kind).update(
        next_number=series.next_number + 1
    )
    return number


def _is_taken(organisation_id: int, kind: str, number: str) -> bool:
    return (
        MODELS[kind]
        ._default_manager.filter(organisation_id=organisation_id, number=number)
        .exists()
    )
