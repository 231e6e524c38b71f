"""What a connector answers where its platform offers nothing: inherit, and override what it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import httpx

from bookbridge.bridge.connectors.contract import (
    AppKeys,
    Assumption,
    SourceReports,
    SourceRequest,
    SourceStatus,
)

UNKNOWN = SourceStatus("unknown", "This platform has no status page that can be read.", None)


class ConnectorDefaults:
    """No status page, no reports to compare with, nothing to probe."""

    def source_status(self, http: httpx.Client, keys: AppKeys) -> SourceStatus:
        return UNKNOWN

    def read_reports(self, request: SourceRequest, as_of: dt.date) -> SourceReports:
        return SourceReports(
            as_of=as_of,
            year_start=as_of.replace(month=1, day=1),
            trial_balance=None,
            profit_and_loss=None,
            aged_debtors=None,
            aged_creditors=None,
            accounts_by_role={},
        )

    def probe(self, request: SourceRequest) -> Sequence[Assumption]:
        return ()
