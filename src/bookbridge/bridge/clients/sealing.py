"""Authenticated encryption of small secrets and record bodies: pure, keys passed in.

A sealed value names its key; the key's id and the identity of what is sealed are authenticated
with it, so that a ciphertext cannot be moved to another row or passed off under another key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
KEY_ID_LENGTH_MAX = 64


class UnsealError(Exception):
    """A sealed value was changed, moved, or sealed with another key."""

    code = "unseal_failed"


@dataclass(frozen=True)
class SealingKey:
    """One AES-256 key and the name by which ciphertexts call it."""

    id: str
    secret: bytes = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    def seal(self, plain: bytes, identity: str) -> bytes:
        name = self.id.encode()
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain, name + b"|" + identity.encode())
        return b"".join((FORMAT, bytes((len(name),)), name, nonce, sealed))

    def unseal(self, sealed: bytes, identity: str) -> bytes:
        """The plain bytes; raises UnsealError if anything about them is not as it was."""
        name = self.id.encode()
        start = 2 + len(name)
        if sealed[:1] != FORMAT or sealed[2:start] != name:
            raise UnsealError(f"The value was not sealed with key {self.id}.")
        nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, name + b"|" + identity.encode())
        except InvalidTag as error:
            raise UnsealError("The value was changed, or belongs to another record.") from error


def key_id_of(sealed: bytes) -> str:
    """The name of the key that a value was sealed with."""
    if sealed[:1] != FORMAT or len(sealed) < 2:
        raise UnsealError("This is not a sealed value.")
    return sealed[2 : 2 + sealed[1]].decode()
