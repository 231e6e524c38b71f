"""What a client may enter for an integration: pure checks."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

KEY_LENGTH_MAX = 500
HOST_LENGTH_MAX = 300


class SettingsRefusedError(Exception):
    """Something entered for an integration cannot be used; the sentence says what and why."""

    code = "integration_settings_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class HostRefusedError(SettingsRefusedError):
    """The host is not a public https address."""

    code = "integration_host_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="host")


def clean_key(value: str, *, field: str, label: str) -> str:
    """The client ID or secret as entered; a space in it is refused, never dropped in silence."""
    if any(character.isspace() for character in value):
        raise SettingsRefusedError(
            _("The %(label)s must not contain spaces. Copy it again, without the spaces around it.")
            % {"label": label},
            field=field,
        )
    if len(value) > KEY_LENGTH_MAX:
        raise SettingsRefusedError(_("The %(label)s is too long.") % {"label": label}, field=field)
    return value


def clean_host(value: str, *, allow_private: bool) -> str:
    """The host as `https://name[:port]`; plain http only where private hosts are allowed."""
    text = value.strip().rstrip("/")
    if "://" not in text:
        text = f"https://{text}"
    parts = urlsplit(text)
    schemes = {"https", "http"} if allow_private else {"https"}
    try:
        port = parts.port
    except ValueError:
        raise HostRefusedError(_("The port of the host is not a number.")) from None
    if parts.scheme not in schemes:
        raise HostRefusedError(_("The host must begin with https://."))
    hostname = parts.hostname or ""
    is_name = bool(hostname) and (allow_private or set(hostname) & {".", ":"})
    if not is_name or len(text) > HOST_LENGTH_MAX:
        raise HostRefusedError(_("Enter a host such as https://books.example.com."))
    if parts.username or parts.password or parts.path or parts.query or parts.fragment:
        raise HostRefusedError(
            _("Enter the host alone, without a path, a user name or a question mark.")
        )
    name = f"[{hostname}]" if ":" in hostname else hostname
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")
