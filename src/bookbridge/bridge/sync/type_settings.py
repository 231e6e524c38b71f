"""How each data type is read: the house's defaults, under a client's, under a company's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.sync.models import SyncSetting

STATEMENTS = frozenset(
    {DataType.BALANCE_SHEET, DataType.PROFIT_AND_LOSS, DataType.CASH_FLOW_STATEMENT}
)
MONTHS_TO_SYNC = 24
# Types that the public API names and no source of ours has.
_OTHER_ACCOUNTING = frozenset({"itemReceipts", "paymentMethods", "purchaseOrders", "salesOrders"})
_OTHER_FAMILIES = ("banking-", "commerce-")


@dataclass(frozen=True)
class TypeSettings:
    """How one data type is read. No schedule (0 hours) means: only when asked."""

    data_type: DataType
    fetch_on_first_link: bool = True
    sync_schedule_hours: int = 0
    sync_order: int = 0
    sync_from: dt.datetime | None = None
    sync_from_window_months: int | None = None
    months_to_sync: int | None = None
    is_locked: bool = False


def is_public(key: str) -> bool:
    """Whether the public API has a data type of this name, ours or not."""
    return key in _OTHER_ACCOUNTING or key.startswith(_OTHER_FAMILIES) or key in set(DataType)


def default_settings() -> dict[DataType, TypeSettings]:
    """What holds where nobody chose otherwise."""
    return {
        data_type: TypeSettings(
            data_type,
            sync_order=order,
            months_to_sync=MONTHS_TO_SYNC if data_type in STATEMENTS else None,
        )
        for order, data_type in enumerate(ORDER)
    }


def settings_of(client_id: UUID, company_id: UUID | None = None) -> dict[DataType, TypeSettings]:
    """What holds for a client, or for one of its companies."""
    found = default_settings()
    for level in (None, company_id):
        for row in _rows(client_id, level):
            found[DataType(row.data_type)] = _of_row(row)
        if company_id is None:
            break
    return found


def overrides_defaults(client_id: UUID, company_id: UUID | None = None) -> bool:
    """Whether somebody chose otherwise at this level."""
    return bool(_rows(client_id, company_id))


def _rows(client_id: UUID, company_id: UUID | None) -> list[SyncSetting]:
    return list(SyncSetting.objects.filter(client_id=client_id, company_id=company_id))


def _of_row(row: SyncSetting) -> TypeSettings:
    return TypeSettings(
        data_type=DataType(row.data_type),
        fetch_on_first_link=row.fetch_on_first_link,
        sync_schedule_hours=row.sync_schedule_hours,
        sync_order=row.sync_order,
        sync_from=row.sync_from,
        sync_from_window_months=row.sync_from_window_months,
        months_to_sync=row.months_to_sync,
        is_locked=row.is_locked,
    )
