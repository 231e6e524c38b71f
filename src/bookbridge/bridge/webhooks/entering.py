"""What may be entered for a consumer: pure checks, each with a sentence that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from bookbridge.bridge.webhooks.event_types import KNOWN

URL_LENGTH_MAX = 2000
TAGS_MAX = 10
TAG_LENGTH_MAX = 128
EVENT_TYPES_MAX = 200
HEADERS_MAX = 20
HEADER_LENGTH_MAX = 2000
MESSAGES_PER_SECOND_MAX = 1000

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*\Z")
# Ours, or the connection's own: nobody else may say what they are.
RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
RESERVED_PREFIXES = ("webhook-", "svix-", "bookbridge-")


class ConsumerInvalidError(Exception):
    """Something entered for a consumer cannot be used; the sentence says what and why."""

    code = "webhook_consumer_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def clean_url(value: str, *, allow_private: bool) -> str:
    """An https URL; plain http only where private hosts are allowed."""
    text = value.strip()
    if not text or len(text) > URL_LENGTH_MAX or not text.isprintable() or " " in text:
        raise _url_refused(_("Enter the URL that is to receive events, without spaces."))
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_host = False
    if not has_host:
        raise _url_refused(_("Enter a URL such as https://example.com/webhooks."))
    if parts.scheme not in ({"https", "http"} if allow_private else {"https"}):
        raise _url_refused(_("The URL must begin with https://."))
    if parts.username is not None or parts.password is not None:
        raise _url_refused(_("Send a user name and a password in a header, not in the URL."))
    if parts.fragment:
        raise _url_refused(_("A URL that receives events has no part after a #."))
    return text


def clean_event_types(value: Iterable[str]) -> list[str]:
    """Known event types, each once, in their order."""
    found = list(dict.fromkeys(value))
    unknown = [one for one in found if one not in KNOWN]
    if unknown or len(found) > EVENT_TYPES_MAX:
        raise ConsumerInvalidError(
            _("There is no event type %(name)s.") % {"name": ", ".join(unknown)[:200]},
            field="eventTypes",
        )
    return found


def clean_tags(value: Iterable[str]) -> list[str]:
    """Company tags as `key:value`, at most ten."""
    found = list(dict.fromkeys(value))
    if len(found) > TAGS_MAX:
        raise ConsumerInvalidError(
            _("A consumer takes at most %(count)d company tags.") % {"count": TAGS_MAX},
            field="companyTags",
        )
    for tag in found:
        key, colon, _value = tag.partition(":")
        if not key or not colon or len(tag) > TAG_LENGTH_MAX or not tag.isprintable():
            raise ConsumerInvalidError(
                _("Write a company tag as key:value, in at most %(length)d characters.")
                % {"length": TAG_LENGTH_MAX},
                field="companyTags",
            )
    return found


def clean_headers(value: Mapping[str, str]) -> dict[str, str]:
    """Headers that are sent with every message; ours cannot be replaced."""
    if len(value) > HEADERS_MAX:
        raise _header_refused(_("At most %(count)d headers can be added.") % {"count": HEADERS_MAX})
    if len({name.lower() for name in value}) < len(value):
        raise _header_refused(_("A header is named twice."))
    for name, text in value.items():
        lower = name.lower()
        if not _HEADER_NAME.match(name):
            raise _header_refused(_("%(name)s cannot be a header's name.") % {"name": name[:100]})
        if lower in RESERVED_HEADERS or lower.startswith(RESERVED_PREFIXES):
            raise _header_refused(_("The header %(name)s is set by us.") % {"name": name})
        if len(text) > HEADER_LENGTH_MAX or not _HEADER_VALUE.match(text):
            raise _header_refused(_("The value of %(name)s cannot be sent.") % {"name": name})
    return dict(value)


def clean_rate(value: int | None) -> int | None:
    """Messages per second, or none for no limit."""
    if value is not None and not 1 <= value <= MESSAGES_PER_SECOND_MAX:
        raise ConsumerInvalidError(
            _("The rate is a whole number from 1 to %(maximum)d.")
            % {"maximum": MESSAGES_PER_SECOND_MAX},
            field="messagesPerSecond",
        )
    return value


def _url_refused(message: str) -> ConsumerInvalidError:
    return ConsumerInvalidError(message, field="url")


def _header_refused(message: str) -> ConsumerInvalidError:
    return ConsumerInvalidError(message, field="headers")
