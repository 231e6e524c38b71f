"""The ring of master keys, and the keys that sign certificates. Never in the database.

`BOOKBRIDGE_BRIDGE_KEYS` holds words `id:base64` (32 bytes each), the active key first; a word
`sign.id:base64` is a signing key. Without it the ring is a JSON file of mode 600 that we make.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from bookbridge.bridge.clients.sealing import (
    KEY_BYTES,
    KEY_ID_LENGTH_MAX,
    SealingKey,
    UnsealError,
    key_id_of,
)
from bookbridge.kit.env import SettingError
from bookbridge.kit.private_files import locked, write_private_json

SIGN_PREFIX = "sign."
LOCK_SECONDS_MAX = 30.0


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key with an id; certificates name the key that signed them."""

    id: str
    secret: bytes = field(repr=False)

    def sign(self, text: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(text)

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        return verifies(self.public_key, text, signature)

    @property
    def public_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()


@dataclass(frozen=True)
class KeyRing:
    """Master keys, the active one first, and signing keys, likewise."""

    masters: tuple[SealingKey, ...]
    signers: tuple[SigningKey, ...]

    @property
    def active(self) -> SealingKey:
        return self.masters[0]

    @property
    def signer(self) -> SigningKey:
        return self.signers[0]

    def master(self, key_id: str) -> SealingKey | None:
        return next((key for key in self.masters if key.id == key_id), None)

    def signing_key(self, key_id: str) -> SigningKey | None:
        return next((key for key in self.signers if key.id == key_id), None)


# What the file was when it was read: another process may have written another since.
_loaded: tuple[object, KeyRing] | None = None


def key_ring() -> KeyRing:
    """The ring as it is now: a file that was written anew is read again, so that nothing is sealed
    with a key that a rotation has just replaced."""
    global _loaded
    mark = _mark()
    if _loaded is None or _loaded[0] != mark:
        # The mark is older than what is read: at worst it is read once more.
        _loaded = (mark, _load())
    return _loaded[1]


def reload_key_ring() -> KeyRing:
    global _loaded
    _loaded = None
    return key_ring()


def _mark() -> object:
    """What changes when the ring does."""
    if settings.KEY_RING:
        return settings.KEY_RING
    try:
        found = _ring_file().stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def seal(plain: bytes, identity: str) -> bytes:
    """Seal with the active master key."""
    return key_ring().active.seal(plain, identity)


def unseal(sealed: bytes, identity: str) -> bytes:
    """The plain bytes of a value sealed with any key of the ring.

    A key that another process added since is found by reading the ring again.
    """
    key_id = key_id_of(sealed)
    key = key_ring().master(key_id) or reload_key_ring().master(key_id)
    if key is None:
        raise UnsealError(f"Master key {key_id} is not in the key ring.")
    return key.unseal(sealed, identity)


def add_master_key(key_id: str) -> KeyRing:
    """Put a fresh master key at the head of the ring's file; raises SettingError without one."""
    if settings.KEY_RING:
        raise SettingError(
            "The key ring is in BOOKBRIDGE_BRIDGE_KEYS: put a new key first in it, restart, "
            "then run rotate_keys."
        )
    path = _ring_file()
    with locked(path.with_suffix(".lock"), LOCK_SECONDS_MAX):
        words = json.loads(path.read_text())
        words["masters"].insert(0, {"id": key_id, "key": _text(secrets.token_bytes(KEY_BYTES))})
        write_private_json(path, words)
    return reload_key_ring()


def remove_master_keys(key_ids: Collection[str]) -> KeyRing:
    """Take retired master keys out of the ring's file, for ever; the active one always stays."""
    path = _ring_file()
    with locked(path.with_suffix(".lock"), LOCK_SECONDS_MAX):
        words = json.loads(path.read_text())
        active, *others = words["masters"]
        words["masters"] = [active, *(word for word in others if word["id"] not in key_ids)]
        write_private_json(path, words)
    return reload_key_ring()


def add_signing_key(key_id: str) -> KeyRing:
    """Put a fresh signing key at the head of the ring's file; raises SettingError without one."""
    if settings.KEY_RING:
        raise SettingError(
            "The key ring is in BOOKBRIDGE_BRIDGE_KEYS: put a new word sign.id:base64 first in "
            "it and restart. Public keys that were used stay known."
        )
    key_ring()
    path = _ring_file()
    with locked(path.with_suffix(".lock"), LOCK_SECONDS_MAX):
        words = json.loads(path.read_text())
        words["signers"].insert(0, {"id": key_id, "key": _text(secrets.token_bytes(KEY_BYTES))})
        write_private_json(path, words)
    return reload_key_ring()


def verifies(public_key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the holder of this public key's secret half signed exactly this text."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _load() -> KeyRing:
    if settings.KEY_RING:
        return _parse_words(settings.KEY_RING)
    path = _ring_file()
    with locked(path.with_suffix(".lock"), LOCK_SECONDS_MAX):
        if not path.exists():
            fresh = secrets.token_bytes(KEY_BYTES)
            write_private_json(
                path,
                {
                    "masters": [{"id": f"m-{secrets.token_hex(4)}", "key": _text(fresh)}],
                    "signers": [
                        {
                            "id": f"s-{secrets.token_hex(4)}",
                            "key": _text(secrets.token_bytes(KEY_BYTES)),
                        }
                    ],
                },
            )
        words = json.loads(path.read_text())
    return KeyRing(
        masters=tuple(SealingKey(word["id"], _bytes(word["key"])) for word in words["masters"]),
        signers=tuple(SigningKey(word["id"], _bytes(word["key"])) for word in words["signers"]),
    )


def _ring_file() -> Path:
    if not settings.KEY_RING_FILE:
        raise SettingError(
            "No key ring. Set BOOKBRIDGE_BRIDGE_KEYS_FILE to a file that we may make, "
            "or BOOKBRIDGE_BRIDGE_KEYS to id:base64 words."
        )
    return Path(settings.KEY_RING_FILE)


def _parse_words(text: str) -> KeyRing:
    masters, signers = [], []
    for word in text.replace(",", " ").split():
        key_id, _, encoded = word.rpartition(":")
        secret = _bytes(encoded)
        if not key_id or len(key_id) > KEY_ID_LENGTH_MAX or len(secret) != KEY_BYTES:
            raise SettingError(
                "BOOKBRIDGE_BRIDGE_KEYS must hold id:base64 words of 32 bytes each, "
                "separated by commas."
            )
        if key_id.startswith(SIGN_PREFIX):
            signers.append(SigningKey(key_id.removeprefix(SIGN_PREFIX), secret))
        else:
            masters.append(SealingKey(key_id, secret))
    if not masters:
        raise SettingError("BOOKBRIDGE_BRIDGE_KEYS names no master key.")
    # Without a signing key of its own an installation signs with one derived from its oldest
    # master key; older ones stay derivable for as long as their master key is in the ring.
    signers.extend(_derived_signer(key) for key in reversed(masters))
    return KeyRing(masters=tuple(masters), signers=tuple(signers))


def _derived_signer(master: SealingKey) -> SigningKey:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bookbridge certificates").derive(
        master.secret
    )
    return SigningKey(f"derived-{master.id}", derived)


def _bytes(text: str) -> bytes:
    """Standard or URL-safe base64, padded or not."""
    padded = text.strip().replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SettingError("A key of the key ring is not base64.") from error


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
