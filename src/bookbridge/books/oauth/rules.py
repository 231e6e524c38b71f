"""What a token, a scope and a redirect address may look like. Pure."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

READ = "read"
WRITE = "write"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
REDIRECT_URI_LENGTH_MAX = 500


class RedirectUriError(ValueError):
    """The redirect address cannot be registered; the sentence says why."""

    code = "redirect_uri_invalid"


def hashed(token: str) -> str:
    """What is stored instead of a token or code; both are long and random, so need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def checked_redirect_uri(uri: str) -> str:
    """The address as it will be compared, character for character; raises RedirectUriError."""
    uri = uri.strip()
    if not uri or len(uri) > REDIRECT_URI_LENGTH_MAX or any(c.isspace() for c in uri):
        raise RedirectUriError(_("Write one redirect address, without spaces."))
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError as error:
        raise RedirectUriError(_("This redirect address is not a web address.")) from error
    if not host or parts.scheme not in {"https", "http"}:
        raise RedirectUriError(_("A redirect address begins with https:// and names a host."))
    if "#" in uri or "@" in parts.netloc or "*" in uri:
        raise RedirectUriError(
            _("A redirect address has no fragment (#), no sign-in part (@) and no wildcard (*).")
        )
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise RedirectUriError(
            _("Codes would travel unprotected: use https (http is only for this very machine).")
        )
    return uri


def allows(scope: str, wanted: str) -> bool:
    """Whether a granted scope covers what is wanted; who may write may also read."""
    granted = set(scope.split())
    return wanted in granted or (wanted == READ and WRITE in granted)
