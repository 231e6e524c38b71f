"""What a client may write into a configuration: pure checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _

CONFIGURATION_BYTES_MAX = 64 * 1024
# So many custom data types for each platform.
CUSTOM_TYPES_MAX = 100
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class ConfigurationInvalidError(Exception):
    """A configuration, or the name of a custom data type, cannot be used."""

    code = "configuration_invalid"


def clean_identifier(identifier: str) -> str:
    """The name of a custom data type; raises ConfigurationInvalidError."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise ConfigurationInvalidError(
            _("A custom data type's name has letters, digits, '-', '_' and '.', at most 100.")
        )
    return identifier


def check_size(configuration: Mapping[str, Any]) -> None:
    """Raises ConfigurationInvalidError for one that is too long to keep."""
    text = msgspec.json.encode(configuration)
    if len(text) > CONFIGURATION_BYTES_MAX:
        raise ConfigurationInvalidError(_("The configuration is too long."))
    if rb"\u0000" in text:
        raise ConfigurationInvalidError(_("The configuration has a character that is no text."))
