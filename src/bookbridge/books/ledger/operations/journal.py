"""Posting and reversing entries. Nothing else in this software writes postings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from bookbridge.books.ledger.errors import (
    AmountPrecisionError,
    ArchivedAccountError,
    DocumentEntryError,
    EntryAlreadyReversedError,
    EntryNotReversibleError,
    LockedPeriodError,
    ReversalTooEarlyError,
    ShortEntryError,
    UnbalancedEntryError,
    UnknownAccountError,
    UnknownEntryError,
)
from bookbridge.books.ledger.models import JournalEntry, NominalAccount, Posting, SourceType
from bookbridge.books.ledger.operations.writing import (
    add_to_balances,
    insert_entries,
    insert_postings,
    next_entry_ids,
)
from bookbridge.books.ledger.queries import postings_of
from bookbridge.books.ledger.rules import (
    NewEntry,
    PostingLine,
    Source,
    balance_changes,
    has_whole_pennies,
    imbalance,
    negated,
)
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope

LINES_MIN = 2
# Entries that people make by hand and may reverse by hand; the rest follow their documents.
HAND_MADE = frozenset({SourceType.ADJUSTMENT, SourceType.OPENING_BALANCE})


def post_entry(
    *,
    organisation_id: int,
    date: dt.date,
    description: str,
    source: Source,
    lines: Sequence[PostingLine],
    actor: Actor,
    at: dt.datetime,
    reference: str = "",
    reason: str = "",
) -> JournalEntry:
    """Post one balanced entry; raises what `post_entries` raises."""
    entry = NewEntry(date, description, source, lines, reference=reference, reason=reason)
    with organisation_scope(organisation_id):
        (entry_id,) = post_entries(
            organisation_id=organisation_id, entries=[entry], actor=actor, at=at
        )
        return JournalEntry.objects.get(organisation_id=organisation_id, pk=entry_id)


def post_entries(
    *, organisation_id: int, entries: Sequence[NewEntry], actor: Actor, at: dt.datetime
) -> list[int]:
    """Post many entries at once, all or none; returns their ids in the order given.

    Holds the organisation's row until commit, so that postings of one organisation follow each
    other: however often a transaction posts, balances cannot deadlock and a lock cannot slip in.
    Raises UnbalancedEntryError, ShortEntryError, AmountPrecisionError, LockedPeriodError,
    UnknownAccountError and ArchivedAccountError.
    """
    if not entries:
        return []
    for entry in entries:
        _refuse_malformed(entry)
    with organisation_scope(organisation_id):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        for entry in entries:
            if organisation.lock_date and entry.date <= organisation.lock_date:
                raise LockedPeriodError(entry.date, organisation.lock_date)
        _refuse_unusable_accounts(organisation_id, entries)
        ids = next_entry_ids(len(entries))
        insert_entries(organisation_id, ids, entries, actor, at)
        insert_postings(organisation_id, ids, entries, organisation.base_currency)
        add_to_balances(organisation_id, balance_changes(entries), at)
    return ids


def reverse_entry(
    *,
    organisation_id: int,
    entry_id: int,
    date: dt.date,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    source: Source | None = None,
) -> JournalEntry:
    """Undo an entry with an opposite one.

    An entry of a document is reversed only by that document's own operation, which names itself as
    `source`. Raises UnknownEntryError, DocumentEntryError, EntryNotReversibleError,
    EntryAlreadyReversedError, ReversalTooEarlyError and LockedPeriodError.
    """
    with organisation_scope(organisation_id):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        entry = JournalEntry.objects.filter(organisation_id=organisation_id, pk=entry_id).first()
        if entry is None:
            raise UnknownEntryError(entry_id)
        _refuse_reversal(entry, date, source)
        lines = [_line_of(posting) for posting in postings_of(organisation_id, [entry_id])]
        reversal = NewEntry(
            date=date,
            description=(_("Reversal of %(entry)s") % {"entry": entry.description})[:500],
            source=Source(SourceType.REVERSAL, entry.source_id),
            lines=[negated(line, tax_point=date) for line in lines],
            reference=entry.reference,
            reverses_id=entry_id,
            reason=reason,
        )
        (reversal_id,) = post_entries(
            organisation_id=organisation_id, entries=[reversal], actor=actor, at=at
        )
        return JournalEntry.objects.get(organisation_id=organisation_id, pk=reversal_id)


def _refuse_malformed(entry: NewEntry) -> None:
    if len(entry.lines) < LINES_MIN:
        raise ShortEntryError(entry.description, len(entry.lines))
    if not has_whole_pennies(entry.lines):
        raise AmountPrecisionError(entry.description)
    difference = imbalance(entry.lines)
    if difference:
        raise UnbalancedEntryError(entry.description, difference)


def _refuse_unusable_accounts(organisation_id: int, entries: Sequence[NewEntry]) -> None:
    wanted = {line.account_id for entry in entries for line in entry.lines}
    found = {
        account.pk: account
        for account in NominalAccount.objects.filter(organisation_id=organisation_id, pk__in=wanted)
    }
    for account_id in sorted(wanted):
        if account_id not in found:
            raise UnknownAccountError(account_id)
        account = found[account_id]
        is_undoing = all(entry.reverses_id for entry in entries)
        if account.status == NominalAccount.Status.ARCHIVED and not is_undoing:
            raise ArchivedAccountError(account)


def _refuse_reversal(entry: JournalEntry, date: dt.date, source: Source | None) -> None:
    if entry.source_type == SourceType.REVERSAL:
        raise EntryNotReversibleError(entry.pk)
    is_own_document = source == Source(entry.source_type, entry.source_id)
    if entry.source_type not in HAND_MADE and not is_own_document:
        raise DocumentEntryError(entry.pk)
    if JournalEntry.objects.filter(
        organisation_id=entry.organisation_id, reverses_id=entry.pk
    ).exists():
        raise EntryAlreadyReversedError(entry.pk)
    if date < entry.date:
        raise ReversalTooEarlyError(entry.date)


def _line_of(posting: Posting) -> PostingLine:
    return PostingLine(
        account_id=posting.account_id,
        amount=posting.amount,
        currency=posting.currency,
        foreign_amount=posting.foreign_amount,
        rate=posting.rate,
        tax_code=posting.tax_code,
        net_amount=posting.net_amount,
        tax_amount=posting.tax_amount,
        tax_point=posting.tax_point,
        customer_id=posting.customer_id,
        supplier_id=posting.supplier_id,
        project_id=posting.project_id,
    )
