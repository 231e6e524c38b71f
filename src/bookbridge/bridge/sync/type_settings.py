"""How each data type is read: the house's defaults, under a client's, under a company's own."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.sync.models import SyncSetting
from bookbridge.bridge.sync.queries import sync_settings

STATEMENTS = frozenset(
    {DataType.BALANCE_SHEET, DataType.PROFIT_AND_LOSS, DataType.CASH_FLOW_STATEMENT}
)
MONTHS_TO_SYNC = 24


def default_setting(client_id: UUID, data_type: DataType) -> SyncSetting:
    """What holds where nobody chose otherwise: read on the first link, then when asked."""
    return SyncSetting(
        client_id=client_id,
        data_type=data_type.value,
        sync_order=ORDER.index(data_type),
        months_to_sync=MONTHS_TO_SYNC if data_type in STATEMENTS else None,
    )


def setting_of(client_id: UUID, company_id: UUID, data_type: DataType) -> SyncSetting:
    """What holds for one data type of a company."""
    chosen = effective_settings(client_id, company_id)
    return next(one for one in chosen if one.data_type == data_type.value)


def wanted_since(setting: SyncSetting, today: dt.date) -> dt.datetime | None:
    """Records that their source last changed before this are not wanted; None: all are.

    A window begins with a month, so that a mapping need not be made anew each day.
    """
    if setting.sync_from is not None:
        return setting.sync_from
    if setting.sync_from_window_months is None:
        return None
    months = today.year * 12 + today.month - 1 - setting.sync_from_window_months
    return dt.datetime(max(months // 12, 1), months % 12 + 1, 1, tzinfo=dt.UTC)


def effective_settings(client_id: UUID, company_id: UUID | None = None) -> list[SyncSetting]:
    """What holds for a client, or for one of its companies, type by type."""
    chosen = {row.data_type: row for row in sync_settings(client_id, None)}
    if company_id is not None:
        chosen |= {row.data_type: row for row in sync_settings(client_id, company_id)}
    return [
        chosen.get(data_type.value) or default_setting(client_id, data_type) for data_type in ORDER
    ]
