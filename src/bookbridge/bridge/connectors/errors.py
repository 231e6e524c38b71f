"""What can go wrong outside, each carrying its remedy in its type.

SourceError
  RetryLaterError      wait and try again: 429, 5xx, time-outs, broken answers
    RateLimitedError   429: more slowly, from now on
    MaintenanceError   the source says it is being maintained: 503, or its status page
  ReauthoriseError     the owner must sign in again: revoked or expired grant
  NotSupportedError    the source has no such resource
  SourceShapeError     the source answered in a shape that we do not know: path and field
  PermanentError       give up: refused keys, forbidden company
RecordRejectedError    this one record cannot be used; the rest goes on
"""

from __future__ import annotations

import datetime as dt


class SourceError(Exception):
    """A request to the source failed; the subclass says what to do about it."""

    code = "source_error"


class RetryLaterError(SourceError):
    """Try again, not before `after` (None: the engine chooses)."""

    code = "retry_later"

    def __init__(self, message: str, *, after: dt.timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class RateLimitedError(RetryLaterError):
    """The source limits the rate of requests: all workers ask it more slowly for a while."""

    code = "rate_limited"


class MaintenanceError(RetryLaterError):
    """The source is down for maintenance; no alarm, the sync resumes by itself."""

    code = "maintenance"


class ReauthoriseError(SourceError):
    """The grant is gone; only the owner can give a new one."""

    code = "reauthorise"


class NotSupportedError(SourceError):
    """The source does not have this resource."""

    code = "not_supported"


class SourceShapeError(SourceError):
    """A reply has a missing or unknown shape: never read as a zero or a blank."""

    code = "source_shape"

    def __init__(self, message: str, *, path: str, field: str) -> None:
        super().__init__(f"{message} (path {path}, field {field})")
        self.path, self.field = path, field


class PermanentError(SourceError):
    """Trying again cannot help; the message says who must change what."""

    code = "permanent"


class RecordRejectedError(Exception):
    """One source record cannot be mapped; `field` and `value` say why."""

    code = "record_rejected"

    def __init__(self, reason: str, *, field: str, value: object) -> None:
        super().__init__(f"{reason} ({field} = {value!r})")
        self.reason, self.field, self.value = reason, field, value
