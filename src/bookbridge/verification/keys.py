"""Public keys: from a file, from an address, or (worth less) from the thing that is checked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES = 32
KEYS_BYTES_MAX = 1024 * 1024
FETCH_SECONDS_MAX = 20.0


class KeysUnreadableError(Exception):
    """The public keys could not be read."""

    code = "keys_unreadable"


@dataclass(frozen=True)
class PublicKeys:
    """Public keys by id. `are_trusted` says that they came from elsewhere than the checked file."""

    by_id: Mapping[str, bytes]
    origin: str
    are_trusted: bool

    def fingerprint(self, key_id: str) -> str:
        return hashlib.sha256(self.by_id[key_id]).hexdigest()

    def has_signed(self, key_id: str, text: bytes, signature: bytes) -> bool:
        """Whether the holder of this key signed exactly this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.by_id[key_id]).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_keys(place: str) -> PublicKeys:
    """The keys in a file or behind an https address (what `GET /api/signingKeys` answers)."""
    if place.startswith(("http://", "https://")):
        text = _fetched(place)
    else:
        try:
            with Path(place).open("rb") as file:
                text = file.read(KEYS_BYTES_MAX + 1)
        except OSError as error:
            raise KeysUnreadableError(f"{place} cannot be read: {error.strerror}.") from error
    if len(text) > KEYS_BYTES_MAX:
        raise KeysUnreadableError(f"{place} is too long to be a list of keys.")
    try:
        return PublicKeys(keys_of(json.loads(text)["keys"]), place, are_trusted=True)
    except (ValueError, KeyError, TypeError) as error:
        raise KeysUnreadableError(f"{place} is not a list of public keys.") from error


def keys_of(listed: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """JSON Web Keys as bytes by id."""
    return {str(key["kid"]): key_bytes(str(key["x"])) for key in listed if key.get("kty") == "OKP"}


def key_bytes(text: str) -> bytes:
    """A public key of 32 bytes, in URL-safe or standard base64."""
    padded = text.replace("-", "+").replace("_", "/")
    try:
        found = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(found) != KEY_BYTES:
        raise ValueError("not a public key")
    return found


def _fetched(url: str) -> bytes:
    try:
        with (
            httpx.Client(timeout=FETCH_SECONDS_MAX, follow_redirects=False) as http,
            http.stream("GET", url) as reply,
        ):
            reply.raise_for_status()
            text = b""
            for part in reply.iter_bytes():
                text += part
                if len(text) > KEYS_BYTES_MAX:
                    break
            return text
    except httpx.HTTPError as error:
        raise KeysUnreadableError(f"{url} did not give its keys: {error}.") from error
