"""How many requests a second each source is asked at most: of one app, and for one connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings

from bookbridge.kit.env import SettingError

SETTING = "BOOKBRIDGE_BRIDGE_SOURCE_LIMITS"
REQUESTS_PER_SECOND_MAX = 10_000.0


@dataclass(frozen=True)
class Limits:
    """Requests a second: by everything that one client's app reads, and by one connection."""

    app: float = 100.0
    connection: float = 100.0


def limits_of(integration_key: str) -> Limits:
    """The limits of one integration: those of the settings, or the house's."""
    return parse(tuple(settings.SOURCE_LIMITS)).get(integration_key, Limits())


@cache
def parse(words: tuple[str, ...]) -> dict[str, Limits]:
    """`key=20/5` words: 20 a second for an app, 5 for each of its connections."""
    found = {}
    for word in words:
        key, _equals, rates = word.partition("=")
        app, _slash, connection = rates.partition("/")
        found[key.strip()] = Limits(_rate(app, word), _rate(connection or app, word))
    return found


def _rate(text: str, word: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= REQUESTS_PER_SECOND_MAX:
        raise SettingError(
            f"{SETTING} has {word!r}. Write an integration's key and requests a second, for its "
            "app and for one connection: vjms=20/5."
        )
    return rate
