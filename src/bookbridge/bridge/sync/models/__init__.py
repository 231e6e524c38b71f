"""Refreshes, datasets, scans of the source's lists, and the certificates they leave."""

from bookbridge.bridge.sync.models.certificates import Certificate, PublicKey
from bookbridge.bridge.sync.models.datasets import Dataset, Refresh, SyncSetting
from bookbridge.bridge.sync.models.deletions import HeldDeletion
from bookbridge.bridge.sync.models.scans import (
    MappingState,
    RateBudget,
    ResourceScan,
    ResourceState,
    ScanPage,
)

__all__ = [
    "Certificate",
    "Dataset",
    "HeldDeletion",
    "MappingState",
    "PublicKey",
    "RateBudget",
    "Refresh",
    "ResourceScan",
    "ResourceState",
    "ScanPage",
    "SyncSetting",
]
