"""How a platform's host is doing, in values and in one sentence for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import SystemRandom
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bookbridge.bridge.connectors.contract import Manifest
from bookbridge.bridge.integrations.models import SourceHealth, SourceOutage
from bookbridge.bridge.integrations.queries import connector_of, settings_of
from bookbridge.bridge.integrations.windows import (
    ANNOUNCED,
    KNOWN,
    LEARNED,
    LEARNED_FROM,
    LikelyWindow,
    Outage,
    learn,
    likely_windows,
    next_clear,
)

ZONE = ZoneInfo("Europe/London")
# Times that nobody promised to the minute are not told to the minute.
ROUNDED_TO = dt.timedelta(minutes=5)
LATE_AFTER = dt.timedelta(minutes=2)
OUTAGES_READ_MAX = 500
# Should the call that ends a hold be lost, everybody looks for himself, so much later.
LOOK_FOR_ONESELF_AFTER = dt.timedelta(minutes=5)
JITTER = dt.timedelta(minutes=5)

_random = SystemRandom()


@dataclass(frozen=True)
class Health:
    """One host as it was found last; `windows` are those to come, `outages` the past ones."""

    name: str
    host: str
    state: str
    message: str
    checked_at: dt.datetime | None
    down_since: dt.datetime | None
    expected_at: dt.datetime | None
    windows: tuple[LikelyWindow, ...]

    @property
    def is_down(self) -> bool:
        return self.down_since is not None

    def sentence(self, at: dt.datetime) -> str:
        """What holds now, for whoever waits."""
        if self.is_down:
            return waiting_sentence(self.name, self.expected_at, at)
        if self.state == "degraded":
            return _("%(name)s says that it is not running as usual.") % {"name": self.name}
        if self.checked_at is None:
            return _("The status of %(name)s was not looked at yet.") % {"name": self.name}
        if self.state == "unknown":
            return _("%(name)s has no status page that can be read.") % {"name": self.name}
        return _("%(name)s is running.") % {"name": self.name}

    def plans(self) -> str:
        """The next time at which it may be down, and how that is known; empty if none is."""
        if not self.windows:
            return ""
        window = self.windows[0]
        how = {
            ANNOUNCED: _("announced by its status page"),
            KNOWN: _("published by the platform as a possibility"),
            LEARNED: _("learned from outages on %(days)d days") % {"days": window.days},
        }[window.origin]
        return _("Next maintenance: %(start)s to %(end)s UK time, %(how)s.") % {
            "start": _day_and_clock(window.starts_at),
            "end": f"{window.ends_at.astimezone(ZONE):%H:%M}",
            "how": how,
        }


@dataclass(frozen=True)
class Hold:
    """Why nothing is asked of a host now, and until when, as far as anybody says."""

    sentence: str
    expected_at: dt.datetime | None

    def wait(self, at: dt.datetime) -> dt.timedelta:
        """How long to wait unless called earlier: past the expected end, each a little longer."""
        expected = max((self.expected_at or at) - at, dt.timedelta(0))
        return expected + LOOK_FOR_ONESELF_AFTER + _random.random() * JITTER


def waiting_sentence(name: str, expected_at: dt.datetime | None, at: dt.datetime) -> str:
    """The one sentence that datasets and pages tell while a source is down."""
    if expected_at is None:
        return _("%(name)s is in maintenance; this resumes by itself.") % {"name": name}
    if expected_at + LATE_AFTER < at:
        return _("%(name)s is still in maintenance; this resumes by itself.") % {"name": name}
    return _("%(name)s is in maintenance until about %(time)s UK time; this resumes by itself.") % {
        "name": name,
        "time": _clock(expected_at, at),
    }


def health_of(integration_key: str, host: str, at: dt.datetime) -> Health:
    """What is known of a host; one that was never looked at is unknown."""
    manifest = connector_of(integration_key).manifest
    row = _row(integration_key, host) or SourceHealth(integration_key=integration_key, host=host)
    return Health(
        name=manifest.name,
        host=host,
        state=row.state,
        message=row.message,
        checked_at=row.checked_at,
        down_since=row.down_since,
        expected_at=row.expected_at,
        windows=tuple(windows_of(manifest, row, at)),
    )


def client_health(client_id: UUID, integration_key: str, at: dt.datetime) -> Health:
    """How the host that a client uses is doing."""
    settings = settings_of(client_id, integration_key)
    manifest = connector_of(integration_key).manifest
    return health_of(integration_key, settings.host if settings else manifest.default_host, at)


def hold_on(integration_key: str, host: str, at: dt.datetime) -> Hold | None:
    """Why a host is not to be asked anything now; None when it may be."""
    row = _row(integration_key, host)
    if row is None or row.down_since is None:
        return None
    return hold_of_row(row, at)


def hold_of_row(row: SourceHealth, at: dt.datetime) -> Hold:
    name = connector_of(row.integration_key).manifest.name
    return Hold(waiting_sentence(name, row.expected_at, at), row.expected_at)


def windows_of(manifest: Manifest, row: SourceHealth, at: dt.datetime) -> list[LikelyWindow]:
    """When a host is likely to be down: what it announces, what is known, what was learned."""
    is_own_host = row.host == manifest.default_host
    return likely_windows(
        announced=announced(row),
        known=manifest.known_windows if is_own_host else (),
        learned=learn(_outages(row, at), at),
        at=at,
    )


def next_allowed_at(integration_key: str, host: str, at: dt.datetime) -> dt.datetime:
    """The first moment from `at` on at which what nobody waits for may be asked of a host."""
    manifest = connector_of(integration_key).manifest
    row = _row(integration_key, host) or SourceHealth(integration_key=integration_key, host=host)
    if row.down_since is not None:
        at = max(row.expected_at or at, at + LOOK_FOR_ONESELF_AFTER)
    return next_clear(windows_of(manifest, row, at), at)


def announced(row: SourceHealth) -> list[LikelyWindow]:
    return [
        LikelyWindow(
            dt.datetime.fromisoformat(one["from"]),
            dt.datetime.fromisoformat(one["to"]),
            ANNOUNCED,
            one["reason"],
        )
        for one in row.planned
    ]


def outages_of(integration_key: str, host: str) -> list[SourceOutage]:
    """The latest outages of a host, newest first."""
    return list(
        SourceOutage.objects.filter(integration_key=integration_key, host=host).order_by(
            "-started_at"
        )[:OUTAGES_READ_MAX]
    )


def _outages(row: SourceHealth, at: dt.datetime) -> list[Outage]:
    ended = SourceOutage.objects.filter(
        integration_key=row.integration_key,
        host=row.host,
        started_at__gte=at - LEARNED_FROM,
        ended_at__isnull=False,
    ).order_by("-started_at")[:OUTAGES_READ_MAX]
    return [Outage(one.started_at, one.ended_at) for one in ended if one.ended_at is not None]


def _row(integration_key: str, host: str) -> SourceHealth | None:
    return SourceHealth.objects.filter(integration_key=integration_key, host=host).first()


def _clock(moment: dt.datetime, at: dt.datetime) -> str:
    """`09:30`, with the day in front unless that is today, on a clock in the United Kingdom."""
    seconds = ROUNDED_TO.total_seconds()
    rounded = dt.datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, ZONE)
    text = f"{rounded:%H:%M}"
    if rounded.date() == at.astimezone(ZONE).date():
        return text
    return _day_and_clock(rounded)


def _day_and_clock(moment: dt.datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{date_format(local, 'D j M')} {local:%H:%M}"
