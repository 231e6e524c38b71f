"""Who Tiny Ledger is: the platform that bench/misbehaving_source.py plays."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import Manifest
from bookbridge.bridge.datatypes import DataType

MANIFEST = Manifest(
    key="tiny",
    name="Tiny Ledger",
    description="Bookkeeping for very small businesses.",
    source_id="5b7a4a70-7d7c-4f0e-9a53-0d6d4a1c1b01",
    integration_id="5b7a4a70-7d7c-4f0e-9a53-0d6d4a1c1b02",
    source_type="Accounting",
    default_host="https://ledger.tiny",
    status_url=None,
    support_email=None,
    maintenance_note="",
    data_types=(DataType.CUSTOMERS, DataType.INVOICES, DataType.JOURNAL_ENTRIES),
)
