"""How much may be asked: by a client in a day, by an address in a minute, of a company at once."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bookbridge.bridge.api.errors import ApiError
from bookbridge.bridge.api.models import RequestCount
from bookbridge.bridge.webhooks.outbox import emit

LINKED_COMPANIES_REMEMBERED_SECONDS = 60
REACHED, RESET = "client.rateLimit.reached", "client.rateLimit.reset"

# A count that may be a minute old is good enough for a daily allowance.
_linked_companies: dict[UUID, tuple[float, int]] = {}

_TAKE_PLACE = """
SELECT place FROM generate_series(1, %s) AS place WHERE pg_try_advisory_xact_lock(%s, place) LIMIT 1
"""


@dataclass(frozen=True)
class Visit:
    """What one address has asked in this minute."""

    limit: int
    used: int
    minute: dt.datetime

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    @property
    def resets_at(self) -> dt.datetime:
        return self.minute + dt.timedelta(minutes=1)

    def headers(self) -> dict[str, str]:
        return _headers(self.limit, self.used, self.resets_at)

    def refusal(self, at: dt.datetime) -> ApiError:
        return too_many(
            _("More than %(limit)d requests in a minute came from this address.")
            % {"limit": self.limit},
            self.resets_at - at,
        )


@dataclass(frozen=True)
class Allowance:
    """What is left of a client's day; `resets_at` is the next midnight, UTC."""

    client_id: UUID
    limit: int
    used: int
    resets_at: dt.datetime

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        return _headers(self.limit, self.used, self.resets_at)

    def refusal(self, at: dt.datetime) -> ApiError:
        return too_many(
            _("The client's %(limit)d requests of today are used up.") % {"limit": self.limit},
            self.resets_at - at,
        )


def allowance_of(client_id: UUID, used: int, at: dt.datetime) -> Allowance:
    """The client's allowance now. Runs inside the client's scope."""
    midnight = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Allowance(
        client_id=client_id,
        limit=daily_limit(client_id),
        used=used,
        resets_at=midnight + dt.timedelta(days=1),
    )


def daily_limit(client_id: UUID) -> int:
    per_company: int = settings.API_REQUESTS_PER_COMPANY
    return per_company * (1 + _linked_company_count(client_id))


def take_place(company_id: UUID) -> None:
    """Hold one of the company's places until the transaction ends; raises a 429 if none is free.

    The locks are Postgres's, so that all web processes share the places and a killed one frees its.
    """
    places = settings.API_CONCURRENT_PER_COMPANY
    key = int.from_bytes(company_id.bytes[:4], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_PLACE, [places, key])
        if cursor.fetchone() is None:
            raise too_many(
                _("The company answers %(places)d requests at once already.") % {"places": places},
                dt.timedelta(seconds=1),
            )


def announce_reached(allowance: Allowance, at: dt.datetime) -> None:
    """Tell once a day that a client's allowance is spent. Runs inside the client's scope."""
    day = (allowance.resets_at - dt.timedelta(days=1)).date()
    counts = RequestCount.objects.filter(client_id=allowance.client_id, day=day)
    if counts.filter(reached_at=None).update(reached_at=at):
        _emit(REACHED, allowance.client_id, allowance.limit, 0, allowance.resets_at, at)


def announce_reset(client_id: UUID, at: dt.datetime) -> None:
    """Tell that a spent allowance is whole again, if it was. Runs inside the client's scope."""
    spent = RequestCount.objects.filter(
        client_id=client_id, day__lt=at.astimezone(dt.UTC).date(), reached_at__isnull=False
    )
    if spent.update(reached_at=None):
        now = allowance_of(client_id, 0, at)
        _emit(RESET, client_id, now.limit, now.limit, now.resets_at, at)


def too_many(message: str, wait: dt.timedelta) -> ApiError:
    seconds = max(1, int(wait.total_seconds()))
    return ApiError(HTTPStatus.TOO_MANY_REQUESTS, message, headers={"Retry-After": str(seconds)})


def _emit(
    event_type: str, client_id: UUID, quota: int, left: int, expires: dt.datetime, at: dt.datetime
) -> None:
    payload = {"dailyQuota": quota, "quotaRemaining": left, "expiryDate": _moment(expires)}
    emit(client_id=client_id, event_type=event_type, payload=payload, at=at)


def _headers(limit: int, used: int, resets_at: dt.datetime) -> dict[str, str]:
    return {
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(max(0, limit - used)),
        "X-Rate-Limit-Reset": _moment(resets_at),
    }


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _linked_company_count(client_id: UUID) -> int:
    now = time.monotonic()
    known = _linked_companies.get(client_id)
    if known is not None and now - known[0] < LINKED_COMPANIES_REMEMBERED_SECONDS:
        return known[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT company_id) FROM connections_connection"
            " WHERE client_id = %s AND status = 'Linked'",
            [client_id],
        )
        count = int(cursor.fetchone()[0])
    _linked_companies[client_id] = (now, count)
    return count
