"""What tells the four kinds of document apart; everything else about them is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from bookbridge.books.contacts.models import Contact
from bookbridge.books.documents.models import CreditAllocation, Document, DocumentLine

D = TypeVar("D", bound=Document)
# A kind only hands its models out, so a kind of invoices is a kind of documents.
D_co = TypeVar("D_co", bound=Document, covariant=True)
A = TypeVar("A", bound=CreditAllocation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[D_co]):
    """One kind of document: its tables, its contact, and the side of its control account."""

    word: str
    model: type[D_co]
    line_model: type[DocumentLine]
    # The line's column that names its document.
    line_key: str
    contact_model: type[Contact]
    # "customer" or "supplier": the document's field and the posting's.
    contact_field: str
    source_type: str
    control_role: str
    # The account of a line that names none, when the contact has no usual one either.
    default_role: str | None
    debits_control: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditKind(Generic[A]):
    """How a credit note is used against the documents of its side."""

    model: type[A]
    note: Kind[Document]
    target: Kind[Document]
    # The allocation's field that names the credited document.
    target_field: str
