"""Roles, actors and API key facts: pure values."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

API_KEYS_MAX = 10
API_KEY_NAME_LENGTH_MAX = 50
ORIGIN_LENGTH_MAX = 500


class OriginError(Exception):
    """This is not the origin of a web page."""

    code = "origin_invalid"


def clean_origin(value: str) -> str:
    """`https://name[:port]` as browsers write it; raises OriginError for anything else."""
    text = value.strip().rstrip("/").lower()
    try:
        parts = urlsplit(text)
        is_origin = (
            parts.scheme in ("https", "http")
            and bool(parts.hostname)
            and text == f"{parts.scheme}://{parts.netloc}"
            and "@" not in parts.netloc
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_origin = False
    if not is_origin or len(text) > ORIGIN_LENGTH_MAX or not text.isprintable() or " " in text:
        raise OriginError(
            _("'%(origin)s' is not an origin such as https://app.example.com.")
            % {"origin": value[:100]}
        )
    return text


@dataclass(frozen=True)
class Actor:
    """Who does something: a user, or a name such as that of an API key or of the schedule."""

    user_id: int | None
    name: str


SYSTEM = Actor(user_id=None, name="Bookbridge")
