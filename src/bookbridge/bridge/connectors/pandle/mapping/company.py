"""The company itself, and its short lists: tax rates, projects, items."""

from __future__ import annotations

from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import (
    NotSupportedError,
    RecordRejectedError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.accounts import ARCHIVED_WORDS
from bookbridge.bridge.connectors.pandle.mapping.contacts import addresses
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.values import (
    newest,
    optional_date,
    plain_text,
    set_given,
    with_tail,
    word,
)

PROJECT_STATUS = {
    "open": "Active",
    "active": "Active",
    "closed": "Archived",
    "completed": "Archived",
    "archived": "Archived",
}
ITEM_TYPES = {
    "service": "Service",
    "inventory": "Inventory",
    "stock": "Inventory",
    "non_inventory": "NonInventory",
    "noninventory": "NonInventory",
    "product": "NonInventory",
}
RATE_MAX = 100


def map_company(records: SourceRecords, lookups: Lookups) -> Mapped:
    for record in records.all("company"):
        company = wire.read(wire.Company, record, "company")[1]
        name = plain_text(company.company_name or company.name)
        if not name:
            raise SourceShapeError(
                "The company has no name", path="company", field="attributes.company-name"
            )
        body: dict[str, Any] = {
            "companyName": name,
            "accountingPlatformRef": record.id,
            "addresses": addresses(company.address),
            "baseCurrency": lookups.base_currency,
            **_year(records),
        }
        set_given(
            body,
            companyLegalName=plain_text(company.legal_name),
            registrationNumber=company.company_number,
            taxNumber=company.vat_number,
            phoneNumbers=_phone(company.phone),
        )
        yield MappedRecord(
            id=record.id,
            body=body,
            order_date=None,
            source_modified_at=newest(company.updated_at),
            sources=[("company", record.id)],
        )


def _phone(number: str | None) -> list[dict[str, str]] | None:
    return [{"number": number, "type": "Primary"}] if number else None


def _year(records: SourceRecords) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if records.supported("financial_year"):
        for record in records.all("financial_year"):
            year = wire.read(wire.FinancialYear, record, "financial_year")[1]
            set_given(
                found,
                financialYearStartDate=optional_date(year.start_date, "start-date"),
                ledgerLockDate=optional_date(year.lock_date, "lock-date"),
            )
    return found


def map_tax_rates(records: SourceRecords, lookups: Lookups) -> Mapped:
    for record in records.all("tax_codes"):
        tax = wire.read(wire.TaxCode, record, "tax_codes")[1]
        facts = lookups.tax_codes[record.id]
        if facts.rate is not None and not 0 <= facts.rate <= RATE_MAX:
            reason = f"not a percentage (tax-rate = {str(facts.rate)!r})"
            yield RejectedRecord("tax_codes", record.id, reason)
            continue
        body: dict[str, Any] = {
            "id": record.id,
            "status": "Archived" if word(tax.status) in ARCHIVED_WORDS else "Active",
            "components": [],
            "validDatatypeLinks": [],
        }
        set_given(
            body,
            code=facts.code,
            name=facts.ref.get("name"),
            effectiveTaxRate=facts.rate,
            totalTaxRate=facts.rate,
        )
        yield _named("tax_codes", record.id, body, tax.updated_at)


def map_tracking_categories(records: SourceRecords, lookups: Lookups) -> Mapped:
    if not records.supported("projects"):
        raise NotSupportedError("The source has no projects.")
    for record in records.all("projects"):
        project = wire.read(wire.Project, record, "projects")[1]
        body: dict[str, Any] = {
            "id": record.id,
            "status": PROJECT_STATUS.get(word(project.status), "Unknown"),
            "hasChildren": False,
        }
        set_given(body, name=plain_text(project.name))
        yield _named("projects", record.id, body, project.updated_at)


def map_items(records: SourceRecords, lookups: Lookups) -> Mapped:
    if not records.supported("items"):
        raise NotSupportedError("The source has no items.")
    for record in records.all("items"):
        try:
            _, item, relations = wire.read(wire.Item, record, "items")
            body: dict[str, Any] = {
                "id": record.id,
                "itemStatus": "Archived" if word(item.status) in ARCHIVED_WORDS else "Active",
                "type": ITEM_TYPES.get(word(item.item_type), "Unknown"),
                "isInvoiceItem": item.is_sold is not False,
                "isBillItem": item.is_bought is not False,
            }
            set_given(body, name=plain_text(item.name), code=item.code)
            if body["isInvoiceItem"]:
                body["invoiceItem"] = _side(
                    item, item.sale_price, relations.sales_account, relations, lookups
                )
            if body["isBillItem"]:
                body["billItem"] = _side(
                    item, item.purchase_price, relations.purchase_account, relations, lookups
                )
            yield _named("items", record.id, body, item.updated_at)
        except RecordRejectedError as refusal:
            yield RejectedRecord("items", record.id, str(refusal))


def _side(
    item: wire.Item,
    price: wire.Amount,
    account: wire.Relation | None,
    relations: wire.Relations,
    lookups: Lookups,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    set_given(found, description=plain_text(item.description), unitPrice=price)
    account_id, tax_code_id = wire.related(account), wire.related(relations.tax_code)
    if account_id is not None:
        found["accountRef"] = lookups.account_refs[account_id]
    if tax_code_id is not None:
        found["taxRateRef"] = lookups.tax_refs[tax_code_id]
    return found


def _named(
    resource: str, record_id: str, body: dict[str, Any], updated_at: str | None
) -> MappedRecord:
    changed_at = newest(updated_at)
    return MappedRecord(
        id=record_id,
        body=with_tail(body, changed_at),
        order_date=None,
        source_modified_at=changed_at,
        sources=[(resource, record_id)],
    )
