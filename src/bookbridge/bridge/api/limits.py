"""How much a client may ask in a day: so much for itself, and as much again for each company."""

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

LINKED_COMPANIES_REMEMBERED_SECONDS = 60

# A count that may be a minute old is good enough for a daily allowance.
_linked_companies: dict[UUID, tuple[float, int]] = {}


@dataclass(frozen=True)
class Allowance:
    """What is left of a client's day; `resets_at` is the next midnight, UTC."""

    limit: int
    used: int
    resets_at: dt.datetime

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(max(0, self.limit - self.used)),
            "X-Rate-Limit-Reset": self.resets_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def refusal(self, at: dt.datetime) -> ApiError:
        seconds = max(1, int((self.resets_at - at).total_seconds()))
        return ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            _("The client's %(limit)d requests of today are used up.") % {"limit": self.limit},
            headers={"Retry-After": str(seconds)},
        )


def allowance_of(client_id: UUID, used: int, at: dt.datetime) -> Allowance:
    """The client's allowance now. Runs inside the client's scope."""
    per_company = settings.API_REQUESTS_PER_COMPANY
    midnight = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Allowance(
        limit=per_company * (1 + _linked_company_count(client_id)),
        used=used,
        resets_at=midnight + dt.timedelta(days=1),
    )


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
