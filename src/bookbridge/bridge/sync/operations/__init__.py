"""Reads of a source: asked for, run, certified and reconciled."""

from bookbridge.bridge.sync.operations.cancelling import NotInProgressError, cancel_dataset
from bookbridge.bridge.sync.operations.certificates import is_genuine
from bookbridge.bridge.sync.operations.requests import (
    DatasetInProgressError,
    DataTypeNotSupportedError,
    NoLinkedConnectionError,
    RefreshError,
    request_refresh,
)
from bookbridge.bridge.sync.operations.running import run_dataset
from bookbridge.bridge.sync.operations.settings import (
    NewSyncSetting,
    drop_sync_settings,
    save_sync_settings,
)

__all__ = [
    "DataTypeNotSupportedError",
    "DatasetInProgressError",
    "NewSyncSetting",
    "NoLinkedConnectionError",
    "NotInProgressError",
    "RefreshError",
    "cancel_dataset",
    "drop_sync_settings",
    "is_genuine",
    "request_refresh",
    "run_dataset",
    "save_sync_settings",
]
