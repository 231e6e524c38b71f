"""The worked example posts exactly what the mapping reference says, line by line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.banking.tests.golden import Golden, enter_worked_example, entry_text
from bookbridge.books.ledger.models import JournalEntry, NominalAccount
from bookbridge.books.ledger.queries import movements, postings_of
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor

D = Decimal
MONTH_END = dt.date(2026, 1, 31)

ENTRIES = {
    8001: "210 +10000.00, 290 -10000.00",
    9101: "000 +1800.00, 260 +360.00, 250 -2160.00",
    9003: "200 +240.00, 300 -200.00, 260 -40.00",
    9001: "200 +1400.00, 300 -1195.45, 260 -204.55",
    9002: "200 +600.00, 300 -500.00, 260 -100.00",
    9102: "500 +860.00, 250 -860.00",
    8002: "210 +900.00, 200 -900.00",
    9201: "300 +91.00, 260 +4.55, 200 -95.55",
    8003: "210 +650.00, 200 -650.00",
    8006: "500 +100.00, 260 +20.00, 645 +150.00, 680 +28.57, 260 +1.43, 210 -300.00",
    8004: "211 +2000.00, 210 -2000.00",
    8005: "250 +516.00, 750 +9.00, 210 -525.00",
    9301: "745 +240.00, 200 -240.00",
    5014: "740 +50.00, 005 -50.00",
}
TRIAL_BALANCE = {
    "000": "1800.00",
    "005": "-50.00",
    "200": "354.45",
    "210": "8725.00",
    "211": "2000.00",
    "250": "-2504.00",
    "260": "41.43",
    "290": "-10000.00",
    "300": "-1804.45",
    "500": "960.00",
    "645": "150.00",
    "680": "28.57",
    "740": "50.00",
    "745": "240.00",
    "750": "9.00",
}


@pytest.fixture
def golden(books: Organisation, owner: Actor) -> Golden:
    return enter_worked_example(books, owner)


def entry_of(golden: Golden, number: int) -> JournalEntry | None:
    documents = {**golden.invoices, **golden.bills, **golden.transactions}
    if number in documents:
        return documents[number].entry
    assert golden.credit_note is not None and golden.write_off is not None
    others = {9201: golden.credit_note.entry, 9301: golden.write_off.entry}
    return others.get(number, golden.adjustment)


def test_every_document_posts_its_entry_debits_first(golden: Golden) -> None:
    posted = {
        number: entry_text(golden.organisation, entry_of(golden, number)) for number in ENTRIES
    }

    assert posted == ENTRIES


def test_the_trial_balance_at_the_end_of_january_is_the_published_one(golden: Golden) -> None:
    codes = dict(
        NominalAccount.objects.filter(organisation=golden.organisation).values_list("id", "code")
    )
    balances = {
        codes[account_id]: debit - credit
        for account_id, (debit, credit) in movements(
            golden.organisation.pk, None, MONTH_END
        ).items()
    }

    assert balances == {code: D(amount) for code, amount in TRIAL_BALANCE.items()}
    assert sum(amount for amount in balances.values() if amount > 0) == D("14358.45")


def test_documents_show_what_is_still_outstanding(golden: Golden) -> None:
    for document in (*golden.invoices.values(), *golden.bills.values()):
        document.refresh_from_db()

    assert golden.invoices[9001].outstanding_amount == D("404.45")
    assert golden.invoices[9002].is_settled
    assert golden.invoices[9003].outstanding_amount == 0
    assert golden.bills[9101].outstanding_amount == D("2160.00")
    assert golden.bills[9102].outstanding_amount == D("400.00")
    assert golden.bills[9102].base_outstanding == D("344.00")
    assert golden.credit_note is not None and golden.credit_note.outstanding_amount == 0


def test_a_foreign_payment_keeps_both_currencies_on_its_postings(golden: Golden) -> None:
    payment = golden.transactions[8005]
    assert payment.entry is not None

    creditors, exchange, bank = postings_of(golden.organisation.pk, [payment.entry.pk])

    assert (creditors.currency, creditors.foreign_amount, creditors.rate) == (
        "EUR",
        D("600.00"),
        D("0.86"),
    )
    assert creditors.supplier_id == golden.contacts["602"]
    assert (exchange.currency, exchange.foreign_amount) == ("EUR", D("0.00"))
    assert (bank.currency, bank.foreign_amount, bank.rate) == ("GBP", D("-525.00"), D(1))
    assert payment.conversion_rate == D("0.875")
    assert payment.bank_amount == D("-525.00")


def test_money_beyond_the_invoice_stands_on_account(golden: Golden) -> None:
    (line,) = golden.transactions[8003].lines.all()

    assert line.unallocated_amount == D("50.00")
    assert line.unallocated_base == D("50.00")


def test_bank_accounts_take_the_next_codes_from_210(golden: Golden) -> None:
    codes = [bank.nominal_account.code for bank in golden.banks.values()]

    assert codes == ["210", "211"]
