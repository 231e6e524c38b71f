"""How each data type is read: the house's defaults, under a client's, under a company's own."""

from __future__ import annotations

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


def effective_settings(client_id: UUID, company_id: UUID | None = None) -> list[SyncSetting]:
    """What holds for a client, or for one of its companies, type by type."""
    chosen = {row.data_type: row for row in sync_settings(client_id, None)}
    if company_id is not None:
        chosen |= {row.data_type: row for row in sync_settings(client_id, company_id)}
    return [
        chosen.get(data_type.value) or default_setting(client_id, data_type) for data_type in ORDER
    ]
