"""Keeps secrets out of logs, whoever logs them: a library, a traceback, or a source's own words.

Nothing of ours logs a secret. This is the second line: what looks like one is blotted out of every
line, by the names and schemes that secrets travel under.
"""

from __future__ import annotations

import logging
import re

BLOT = "[hidden]"
NAMES = (
    "access[_-]?token", "refresh[_-]?token", "id[_-]?token", "client[_-]?secret", "secret",
    "secret[_-]?key", "api[_-]?key", "password[12]?", "authorization", "set-cookie", "cookie",
    "csrfmiddlewaretoken", "sessionid", "code[_-]?verifier",
)  # fmt: skip
_QUOTE = r"(?:\\?[\"'])"
# `name=value`, `"name": "value"`, `(b'Name', b'value')`, `Name: value`
_NAMED = re.compile(
    rf"(?i)(\b(?:{'|'.join(NAMES)})\b{_QUOTE}?\s*[:=,]\s*(?:b(?=[\"']))?{_QUOTE}?)((?:bearer|basic)\s+)?"
    r"[^\s\"'&,;)}\]\\]+"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+[\w+/=.~-]{8,}")
# Authorisation codes and states travel in addresses.
_QUERY = re.compile(r"(?i)([?&](?:code|state|token)=)[^\s&\"'#]+")
_WEBHOOK = re.compile(r"\b(whsec_|sk_integ_)[\w+/=-]+")


def without_secrets(text: str) -> str:
    """The same text with everything that looks like a secret blotted out."""
    text = _NAMED.sub(rf"\g<1>{BLOT}", text)
    text = _SCHEME.sub(rf"\g<1> {BLOT}", text)
    text = _QUERY.sub(rf"\g<1>{BLOT}", text)
    return _WEBHOOK.sub(BLOT, text)


class DiscreetHandler(logging.StreamHandler):  # type: ignore[type-arg]  # the stubs want a stream
    """Writes every line, with its traceback, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))
