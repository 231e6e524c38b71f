"""What the normalised documents, payments and adjustments come to, per account and contact.

Nothing here is taken from a report, a balance or a ledger line of the source, except the lines of
manual adjustments and write-offs, for which there is no other document. Amounts are in base
currency, debit positive. Types must be added in the order of `ORDER`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from bookbridge.bridge.datatypes.control_chart import ControlChart
from bookbridge.bridge.datatypes.control_sides import (
    CREDITORS,
    DEBTORS,
    DIRECT,
    DOCUMENTS,
    EXCHANGE,
    PAYMENTS,
    PURCHASES,
    SALES,
    VAT,
    ZERO,
    Body,
    Side,
    Sums,
    is_deleted,
    is_posted,
    loose_links,
    pennies,
)
from bookbridge.bridge.datatypes.foreign import ForeignDebts, packed, unpacked
from bookbridge.bridge.datatypes.keys import DataType


class ControlSums:
    """Adds up bodies one by one; holds sums, contacts and foreign debts, never the documents.

    `current` has what is dated in the financial year up to `as_of`, `prior` what is older. Roles
    (trade_debtors …) stand in for account ids until they are known."""

    def __init__(self, *, as_of: dt.date, year_start: dt.date) -> None:
        self.as_of, self.year_start = as_of, year_start
        self._as_of = as_of.isoformat()
        self._year_start = year_start.isoformat()
        self.current: Sums = defaultdict(Decimal)
        self.prior: Sums = defaultdict(Decimal)
        self.contacts: dict[str, Sums] = {
            DEBTORS: defaultdict(Decimal),
            CREDITORS: defaultdict(Decimal),
        }
        self.chart = ControlChart()
        self.documents = 0
        self.lines = 0
        self._base = "GBP"
        self._voided: dict[tuple[str, str], tuple[str, list[tuple[str, Decimal]]]] = {}
        self._foreign = ForeignDebts()
        self._foreign_payments: list[tuple[str, int, str, Side, bytes]] = []

    def add(self, data_type: DataType, body: Body) -> None:
        """Count one record of any type; types that carry no money of their own are passed over."""
        if data_type in DOCUMENTS:
            self._document(data_type, body)
        elif data_type in PAYMENTS:
            self._payment(PAYMENTS[data_type], data_type, body)
        elif data_type in DIRECT:
            self._direct(DIRECT[data_type], data_type, body)
        elif data_type is DataType.TRANSFERS:
            self._transfer(body)
        elif data_type is DataType.JOURNAL_ENTRIES:
            self._journal_entry(body)
        elif data_type is DataType.CHART_OF_ACCOUNTS:
            self.chart.add_account(body)
        elif data_type is DataType.BANK_ACCOUNTS:
            self.chart.add_bank_account(body)
        elif data_type is DataType.COMPANY:
            self._base = body.get("baseCurrency") or self._base

    def finish(self) -> None:
        """Settle what depends on the order of dates: foreign debts and their exchange differences.
        Harmless when repeated."""
        payments, self._foreign_payments = self._foreign_payments, []
        for _, _, _, side, body in sorted(payments, key=lambda one: one[:3]):
            self._settle_foreign(side, unpacked(body))
        for side in (SALES, PURCHASES):
            balances = self.contacts[side.control]
            for contact_id, amount in self._foreign.take_balances(side.control):
                balances[contact_id] += amount

    # Documents

    def _document(self, data_type: DataType, body: Body) -> None:
        side, is_claim = DOCUMENTS[data_type]
        if not is_posted(body):
            if body.get("status") == "Void" and not is_deleted(body):
                # Without its control posting, which its undoing takes back at any date.
                effects = list(self._document_postings(side, is_claim, body))
                self._void(data_type, body["id"], body["issueDate"], effects)
            return
        sums = self._sums(body["issueDate"])
        if sums is None:
            return
        self.documents += 1
        self.lines += len(body["lineItems"])
        control = ZERO
        for account, amount in self._document_postings(side, is_claim, body):
            sums[account] += amount
            control -= amount
        sums[side.control] += control
        self._owe(side, is_claim, body, control)

    def _document_postings(
        self, side: Side, is_claim: bool, body: Body
    ) -> Iterable[tuple[str, Decimal]]:
        """Net to each line's account, tax to VAT; a foreign document is converted by line."""
        sign = -side.sign if is_claim else side.sign
        rate = self._rate(body)
        nets: Sums = {}
        tax = ZERO
        for line in body["lineItems"]:
            ref = line.get("accountRef")
            account = ref["id"] if ref else "unknown"
            net, line_tax = line["subTotal"], line["taxAmount"]
            if rate is not None:
                net, line_tax = pennies(net * rate), pennies(line_tax * rate)
            nets[account] = nets.get(account, ZERO) + net
            if line_tax:
                tax += line_tax
        for account, amount in nets.items():
            yield account, amount * sign
        if tax:
            yield VAT, tax * sign

    def _owe(self, side: Side, is_claim: bool, body: Body, control: Decimal) -> None:
        """What the contact owes, or is owed, for this document at the date of the reports."""
        ref = body[side.contact]
        self.chart.name_contact(ref)
        base = control * side.sign
        rate = self._rate(body)
        if rate is not None:
            key = (side.claim_link if is_claim else f"{side.claim_link} note", body["id"])
            self._foreign.owe(
                key, side.control, ref["id"], body["totalAmount"], base, rate, is_claim=is_claim
            )
            return
        for one in body.get("paymentAllocations", ()):
            allocation = one["allocation"]
            if allocation["allocatedOnDate"][:10] <= self._as_of:
                base += allocation["totalAmount"]
        if base:
            self.contacts[side.control][ref["id"]] += base

    # Money

    def _payment(self, side: Side, data_type: DataType, body: Body) -> None:
        account = (body.get("accountRef") or {}).get("id")
        if is_deleted(body):
            return
        sums = self._sums(body["date"])
        if sums is None:
            return
        if body["currency"] != self._base:
            record_id = str(body["id"])
            order = (body["date"], len(record_id), record_id)
            self._foreign_payments.append((*order, side, packed(body)))
            return
        if account is None:
            return  # credit used: its links cancel; a write-off: its journal entry counts
        total = body["totalAmount"]
        sums[account] += total * side.sign
        sums[side.control] -= total * side.sign
        on_account = sum((-link["amount"] for link in loose_links(body)), ZERO)
        if on_account:
            ref = body[side.contact]
            self.chart.name_contact(ref)
            self.contacts[side.control][ref["id"]] -= on_account

    def _settle_foreign(self, side: Side, body: Body) -> None:
        """Documents leave the control account at their own rates; what the bank saw differs."""
        sums = self._sums(body["date"])
        if sums is None:
            return
        rate = self._rate(body) or Decimal(1)
        relief = ZERO
        for line in body.get("lines", ()):
            for link in line["links"]:
                if link["type"] in {"Invoice", "Bill", "CreditNote"}:
                    note = link["type"] == "CreditNote"
                    key = (f"{side.claim_link} note" if note else side.claim_link, link["id"])
                    relief += self._foreign.settle(key, -link["amount"], rate)
                elif link["type"] in {"PaymentOnAccount", "Unlinked"}:
                    amount = pennies(-link["amount"] * rate)
                    relief += amount
                    self.contacts[side.control][body[side.contact]["id"]] -= amount
        if str(body["id"]).startswith("wo-"):
            return  # its journal entry counts
        account = (body.get("accountRef") or {}).get("id")
        bank = ZERO
        if account is not None:
            is_base_bank = self.chart.currency(account, self._base) == self._base
            # An account in a foreign currency is worth what it settled: nothing is realised yet.
            bank = pennies(body["totalAmount"] * rate) if is_base_bank else relief
            sums[account] += bank * side.sign
        sums[side.control] -= relief * side.sign
        if bank != relief:
            sums[EXCHANGE] -= (bank - relief) * side.sign

    def _direct(self, sign: int, data_type: DataType, body: Body) -> None:
        effects = list(self._direct_postings(sign, body))
        if is_deleted(body):
            self._void(data_type, body["id"], body["issueDate"], effects)
            return
        self._apply(body["issueDate"], effects)

    def _direct_postings(self, sign: int, body: Body) -> Iterable[tuple[str, Decimal]]:
        rate = self._rate(body)
        worth = ZERO
        for line in body["lineItems"]:
            net, tax = line["subTotal"], line["taxAmount"]
            if rate is not None:
                net, tax = pennies(net * rate), pennies(tax * rate)
            worth += net + tax
            yield line["accountRef"]["id"], -net * sign
            if tax:
                yield VAT, -tax * sign
        account = body["paymentAllocations"][0]["payment"]["accountRef"]["id"]
        bank = worth
        if rate is not None and self.chart.currency(account, self._base) == self._base:
            bank = pennies(body["totalAmount"] * rate)
        yield account, bank * sign
        if bank != worth:
            yield EXCHANGE, (worth - bank) * sign

    def _transfer(self, body: Body) -> None:
        if body.get("status") == "Void" or is_deleted(body):
            return
        giver, taker = body["from"], body["to"]
        # Between currencies the side in base currency is what the transfer is worth.
        amount = taker["amount"] if taker["currency"] == self._base else giver["amount"]
        self._apply(
            body["date"],
            [
                (self.chart.of_bank_account(giver["accountRef"]["id"]), -amount),
                (self.chart.of_bank_account(taker["accountRef"]["id"]), amount),
            ],
        )

    # Adjustments

    def _journal_entry(self, body: Body) -> None:
        """Lines of adjustments and write-offs; of other entries only the date of a voiding."""
        ref = body.get("recordRef") or {}
        key = (ref.get("dataType", ""), ref.get("id", ""))
        voided = self._voided.get(key)
        if voided is not None:
            issued, effects = voided
            if body["postedOn"] > issued:
                self._apply(issued, effects)
                self._apply(body["postedOn"], [(account, -amount) for account, amount in effects])
                del self._voided[key]
        is_write_off = key[0].lower().endswith("payments") and key[1].startswith("wo-")
        if key[0] != DataType.JOURNAL_ENTRIES.value and not is_write_off:
            return
        self._apply(
            body["postedOn"],
            [(line["accountRef"]["id"], line["netAmount"]) for line in body["journalLines"]],
        )

    # Sums

    def _rate(self, body: Body) -> Decimal | None:
        """None in base currency."""
        is_base = body["currency"] == self._base
        return None if is_base else body.get("currencyRate") or Decimal(1)

    def _sums(self, date_text: str) -> Sums | None:
        """Where amounts of this date belong; None when they are after the reports."""
        date = date_text[:10]
        if date > self._as_of:
            return None
        return self.prior if date < self._year_start else self.current

    def _apply(self, date_text: str, effects: Iterable[tuple[str, Decimal]]) -> None:
        sums = self._sums(date_text)
        if sums is not None:
            for account, amount in effects:
                sums[account] += amount

    def _void(
        self,
        data_type: DataType,
        record_id: str,
        date_text: str,
        effects: list[tuple[str, Decimal]],
    ) -> None:
        """Undone documents count on their own day and, reversed, on the day of the undoing."""
        self._voided[data_type.value, record_id] = (date_text, effects)
