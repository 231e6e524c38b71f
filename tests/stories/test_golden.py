"""The worked example of the mapping reference: those documents into the books, exactly these
records and reports out of the bridge. What is expected is read from the reference itself.

The example's ids are all different, so each is replaced by the id that the source gave out. Set
aside, and each checked by itself: the common tail of every record, the moment an entry was made,
the moment a report was made, and how many months the source had reports of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.golden.documents import MONTH_END
from tests.golden.entering import enter_documents
from tests.stories.world import Business, Linked, World

Record = dict[str, Any]

# Where each printed record is read; the example's ids.
PRINTED = {
    "invoices": ("9001", "9002", "9003"),
    "creditNotes": ("9201",),
    "payments": ("8002", "8003", "cn-9201-9001", "wo-9301"),
    "bills": ("9101", "9102"),
    "billPayments": ("8005",),
    "transfers": ("8004",),
    "directCosts": ("8006",),
    "directIncomes": ("8001",),
    "billCreditNotes": (),
}
AT_CONNECTION = frozenset(
    {"transfers", "directCosts", "directIncomes", "accountTransactions", "bankAccounts"}
)
TAIL = ("metadata", "modifiedDate", "sourceModifiedDate")
ID_FIELDS = frozenset({"id", "transactionId", "accountId", "customerId", "supplierId"})
TAX_CODES = {"1": "ST", "2": "RR", "3": "EX", "4": "NV"}
CONTROL_CONTACTS = {"200": "customers", "250": "suppliers"}
CONTACTS = {  # whose each entry is; the reference says it in words
    "5002": "601", "5003": "503", "5004": "501", "5005": "502", "5006": "602", "5007": "501",
    "5008": "501", "5009": "502", "5012": "602", "5013": "503",
}  # fmt: skip
FOREIGN_ENTRY, FOREIGN_AMOUNT, FOREIGN_CURRENCY = "5006", Decimal(1000), "EUR"


@dataclass(frozen=True)
class Reference:
    """Section 3 of the mapping reference, parsed."""

    records: dict[str, Record]  # by the example's id
    postings: dict[str, list[tuple[str, Decimal]]]  # entry -> account code and amount
    account_transactions: dict[str, tuple[str, Decimal, str, str]]
    chart: list[list[Any]]
    profit_and_loss: Record
    balance_sheet: Record
    aged_debtors: Record


@pytest.fixture(scope="session")
def reference(test_data: Path) -> Reference:
    text = (test_data / "reference" / "mapping.md").read_text()
    example = text.partition("\n## 3. ")[2].partition("\n## 4. ")[0]
    entered, _, rest = example.partition("\n### 3.2 ")
    canonical, _, reports = rest.partition("\n### 3.3 ")
    profit_and_loss, balance_sheet, aged = _json_lines(reports.partition("Profit and loss;")[2])
    return Reference(
        {one["id"]: one for one in _json_lines(canonical)},
        {
            entry: [(code, Decimal(amount)) for code, amount in re.findall(_POSTING, line)]
            for entry, line in re.findall(r"\| (50\d\d): (.+?) \|", entered)
        },
        {
            found[0]: (found[1], Decimal(found[2]), found[3], found[4])
            for found in re.findall(
                r"(\d{5}-\d{4}) (\d\d-\d\d) ([+-][\d.]+) (\w+) (\d{4})", canonical
            )
        },
        _exact("\n".join(_blocks(reports.partition("Profit and loss;")[0]))),
        profit_and_loss,
        balance_sheet,
        aged,
    )


_POSTING = r"(\d{3}) ([+-][\d.]+)"


def _blocks(text: str) -> list[str]:
    return re.findall(r"```json\n(.*?)```", text, re.S)


def _json_lines(text: str) -> list[Any]:
    return [_exact(line) for block in _blocks(text) for line in block.strip().splitlines()]


def _exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> Record:
    """An object, which names every field once."""
    assert len(dict(pairs)) == len(pairs), [name for name, _ in pairs]
    return dict(pairs)


@dataclass
class Golden:
    """The business with the example in its books, linked; `ids` are by the example's ids."""

    world: World
    business: Business
    linked: Linked
    ids: dict[str, str]

    def get(self, path: str, **query: Any) -> Any:
        company = f"/companies/{self.linked.company_id}"
        reply = self.world.api.http.get(f"{company}/{path}", params=query)
        assert reply.status_code == 200, reply.text
        return _exact(reply.content)

    def records(self, data_type: str) -> dict[str, Record]:
        path = f"data/{data_type}"
        if data_type in AT_CONNECTION:
            path = f"connections/{self.linked.connection_id}/{path}"
        page = self.get(path, page=1, pageSize=500)
        assert page["totalResults"] == len(page["results"])
        return {one["id"]: one for one in page["results"]}

    def translated(self, value: Any, field: str = "") -> Any:
        """The value with the example's ids replaced by the source's own."""
        if isinstance(value, dict):
            return {
                name: one | {"id": self.ids[f"tax {one['id']}"]}
                if name == "taxRateRef"
                else self.translated(one, name)
                for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.translated(one, field) for one in value]
        if field in ID_FIELDS and value != "general":
            return re.sub(r"\d+", lambda found: self.ids[found.group(0)], value)
        return value


@pytest.fixture(scope="module")
def golden(shared_world: World, reference: Reference) -> Golden:
    business = shared_world.new_business()

    def post(path: str, body: Record) -> Record:
        return {"data": business.post(path, body)}

    named = enter_documents(post, lambda path: {"data": _source_list(business, path)})
    ids = {name.partition(" ")[2]: given for name, given in named.items() if "account" not in name}
    by_code = {
        one["attributes"]["nominal-code"]: one["id"]
        for one in _source_list(business, "nominal_accounts")
    }
    ids |= {row[1]: by_code[row[0]] for row in reference.chart}
    rates = {one["attributes"]["taxcode"]: one["id"] for one in _source_list(business, "tax_codes")}
    ids |= {f"tax {example}": rates[code] for example, code in TAX_CODES.items()}
    entries = [one["id"] for one in _source_list(business, "journal_entries")]
    ids |= dict(zip(reference.postings, entries, strict=True))
    assert ids["5014"] == named["entry 5014"]
    linked = shared_world.link(business)
    datasets = shared_world.await_sync(linked)
    outcomes = {
        key: one["outcome"] for key, one in shared_world.certificates(linked, datasets).items()
    }
    assert set(outcomes.values()) == {"COMPLETE"}, outcomes
    compared = shared_world.reconciliation(linked, datasets)
    assert compared is not None and compared["outcome"] == "RECONCILED", compared
    return Golden(shared_world, business, linked, ids)


def _source_list(business: Business, path: str) -> list[Record]:
    reply = business.books.http.get(f"/companies/{business.company_id}/{path}")
    assert reply.status_code == 200, reply.text
    found: list[Record] = reply.json()["data"]
    return found


def without_tail(record: Record) -> Record:
    """The record without what every record has; that is as it should be."""
    assert record["metadata"] == {"isDeleted": False}
    assert record["modifiedDate"].endswith("Z")
    assert ("sourceModifiedDate" in record) == (record.get("status") != "Void"), record
    return {name: value for name, value in record.items() if name not in TAIL}


@pytest.mark.parametrize("data_type", PRINTED)
def test_documents_are_exactly_the_printed_records(
    golden: Golden, reference: Reference, data_type: str
) -> None:
    expected = [golden.translated(reference.records[one]) for one in PRINTED[data_type]]
    found = golden.records(data_type)
    assert {key: without_tail(one) for key, one in found.items()} == {
        one["id"]: one for one in expected
    }


def test_every_printed_record_was_looked_at(reference: Reference) -> None:
    looked_at = {one for ids in PRINTED.values() for one in ids}
    assert set(reference.records) - looked_at == {"5012", "5014", "31001-8005"}
    assert len(reference.postings) == 14
    assert len(reference.account_transactions) == 7


def test_every_entry_of_the_journal_is_there_line_by_line(
    golden: Golden, reference: Reference
) -> None:
    found = golden.records("journalEntries")
    made = {
        one["id"]: one["attributes"]["created-at"]
        for one in _source_list(golden.business, "journal_entries")
    }
    assert set(found) == set(made)
    for example, postings in reference.postings.items():
        entry = without_tail(found[golden.ids[example]])
        assert entry.pop("createdOn")[:19] == made[entry["id"]][:19]
        if example in reference.records:
            printed = golden.translated(reference.records[example])
            del printed["createdOn"]
            assert entry == printed
        else:
            lines = [golden.translated(one) for one in _lines(example, postings, reference)]
            assert entry["journalLines"] == lines, example
    record_refs = [
        tuple(found[golden.ids[one]]["recordRef"].values()) for one in ("5001", "5008", "5013")
    ]
    assert record_refs == [
        (golden.ids["8001"], "directIncomes"),
        (golden.ids["9201"], "creditNotes"),
        (f"wo-{golden.ids['9301']}", "payments"),
    ]


def _lines(
    example: str, postings: list[tuple[str, Decimal]], reference: Reference
) -> Iterator[Record]:
    """An entry's lines as the printed ones have them, from the table of the double entry."""
    accounts = {row[0]: {"id": row[1], "name": row[2]} for row in reference.chart}
    is_foreign = example == FOREIGN_ENTRY
    for code, amount in postings:
        line = {
            "netAmount": amount,
            "transactionAmount": FOREIGN_AMOUNT.copy_sign(amount) if is_foreign else amount,
            "currency": "GBP",
            "transactionCurrency": FOREIGN_CURRENCY if is_foreign else "GBP",
            "accountRef": accounts[code],
        }
        if code in CONTROL_CONTACTS:
            line["contactRef"] = {"id": CONTACTS[example], "dataType": CONTROL_CONTACTS[code]}
        yield line


def test_account_transactions_are_one_row_per_bank_account_touched(
    golden: Golden, reference: Reference
) -> None:
    found = {key: without_tail(one) for key, one in golden.records("accountTransactions").items()}
    printed = golden.translated(reference.records["31001-8005"])
    assert {key: value for key, value in found[printed["id"]].items() if key != "note"} == printed
    expected = {}
    for example, (day, amount, data_type, record) in reference.account_transactions.items():
        key = golden.translated(example, "id")
        expected[key] = (f"2026-{day}T00:00:00", amount, golden.ids[record], data_type)
    assert {
        key: (one["date"], one["totalAmount"], *one["lines"][0]["recordRef"].values())
        for key, one in found.items()
    } == expected


def test_the_chart_of_accounts_shows_the_trial_balance(
    golden: Golden, reference: Reference
) -> None:
    accounts = {
        one["nominalCode"]: without_tail(one) for one in golden.records("accounts").values()
    }
    names = ("nominalCode", "id", "name", "type", "fullyQualifiedCategory", "currentBalance")
    for row in reference.chart:
        code, example, *rest = row[: len(names)]
        expected = [code, golden.ids[example], *rest]
        account = accounts.pop(code)
        assert [account[name] for name in names] == expected
    assert {one["currentBalance"] for one in accounts.values()} == {0}
    report = golden.business.report("trial_balance", date=MONTH_END)
    sides = {
        row["nominal-code"]: (Decimal(row["debit"]), Decimal(row["credit"]))
        for row in report["rows"]
    }
    assert sides == {row[0]: (row[6], row[7]) for row in reference.chart}


@pytest.mark.parametrize("statement", ["profitAndLoss", "balanceSheet"])
def test_statements_are_exactly_as_printed(
    golden: Golden, reference: Reference, statement: str
) -> None:
    printed = {
        "profitAndLoss": reference.profit_and_loss,
        "balanceSheet": reference.balance_sheet,
    }[statement]
    month = {"startMonth": "2026-01-01", "periodLength": 1, "periodsToCompare": 1}
    found = golden.get(f"data/financials/{statement}", **month)
    assert found.pop("earliestAvailableMonth") <= "2026-01-01T00:00:00"
    assert found.pop("mostRecentAvailableMonth") >= "2026-01-01T00:00:00"
    expected = golden.translated(printed)
    del expected["earliestAvailableMonth"], expected["mostRecentAvailableMonth"]
    assert found == expected


AGED = {"reportDate": "2026-02-01", "numberOfPeriods": 2, "periodLengthDays": 30}


def test_aged_debtors_are_exactly_as_printed(golden: Golden, reference: Reference) -> None:
    found = golden.get("reports/agedDebtor", **AGED)
    expected = golden.translated(reference.aged_debtors)
    assert found.pop("generated").endswith("Z")
    del expected["generated"]
    assert found == expected


def test_aged_creditors_are_as_described(golden: Golden) -> None:
    found = golden.get("reports/agedCreditor", **AGED)
    assert found["reportDate"] == "2026-02-01T00:00:00"
    buckets = {
        one["supplierId"]: [
            (group["currency"], bucket["fromDate"][:10], bucket["toDate"][:10], bucket["amount"])
            for group in one["agedCurrencyOutstanding"]
            for bucket in group["agedOutstandingAmounts"]
            if bucket["amount"]
        ]
        for one in found["data"]
    }
    assert buckets == {
        golden.ids["601"]: [("GBP", "0001-01-01", "2026-01-02", 2160)],
        golden.ids["602"]: [("EUR", "2026-01-02", "2026-02-01", 400)],
    }


def test_bank_accounts_hold_what_the_ledger_says(golden: Golden) -> None:
    found = golden.records("bankAccounts")
    held = {key: (one["accountName"], one["nominalCode"], one["balance"])
            for key, one in found.items()}  # fmt: skip
    assert held == {
        golden.ids["31001"]: ("Current", "210", 8725),
        golden.ids["31002"]: ("Savings", "211", 2000),
    }
