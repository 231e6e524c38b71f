"""The states of a dataset, as the public API writes them."""

from __future__ import annotations

from enum import StrEnum


class DatasetStatus(StrEnum):
    """Where one pull of one data type stands; the value is the public word."""

    INITIAL = "Initial"
    QUEUED = "Queued"
    FETCHING = "Fetching"
    MAP_QUEUED = "MapQueued"
    MAPPING = "Mapping"
    VALIDATION_QUEUED = "ValidationQueued"
    VALIDATING = "Validating"
    PROCESSING_QUEUED = "ProcessingQueued"
    PROCESSING = "Processing"
    COMPLETE = "Complete"
    FETCH_ERROR = "FetchError"
    MAP_ERROR = "MapError"
    VALIDATION_ERROR = "ValidationError"
    PROCESSING_ERROR = "ProcessingError"
    INTERNAL_ERROR = "InternalError"
    AUTH_ERROR = "AuthError"
    PERMISSIONS_ERROR = "PermissionsError"
    RATE_LIMIT_ERROR = "RateLimitError"
    PREREQUISITE_NOT_MET = "PrerequisiteNotMet"
    NOT_SUPPORTED = "NotSupported"
    CANCELLED = "Cancelled"

    @property
    def is_in_progress(self) -> bool:
        return self in IN_PROGRESS

    @property
    def is_terminal(self) -> bool:
        return self not in IN_PROGRESS

    @property
    def is_errored(self) -> bool:
        return self in ERRORED


IN_PROGRESS: frozenset[DatasetStatus] = frozenset(
    {
        DatasetStatus.INITIAL,
        DatasetStatus.QUEUED,
        DatasetStatus.FETCHING,
        DatasetStatus.MAP_QUEUED,
        DatasetStatus.MAPPING,
        DatasetStatus.VALIDATION_QUEUED,
        DatasetStatus.VALIDATING,
        DatasetStatus.PROCESSING_QUEUED,
        DatasetStatus.PROCESSING,
    }
)

ERRORED: frozenset[DatasetStatus] = frozenset(
    {
        DatasetStatus.FETCH_ERROR,
        DatasetStatus.MAP_ERROR,
        DatasetStatus.VALIDATION_ERROR,
        DatasetStatus.PROCESSING_ERROR,
        DatasetStatus.INTERNAL_ERROR,
        DatasetStatus.AUTH_ERROR,
        DatasetStatus.PERMISSIONS_ERROR,
        DatasetStatus.RATE_LIMIT_ERROR,
        DatasetStatus.PREREQUISITE_NOT_MET,
    }
)
