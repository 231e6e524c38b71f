"""Signs what is to be proved later, and keeps the public key for whoever will check it."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any

import msgspec

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.sync.models import PublicKey

ALGORITHM = "Ed25519"
_ENCODER = msgspec.json.Encoder(decimal_format="string", order="deterministic")


@dataclass(frozen=True)
class Signed:
    """A text, the key that signed it and the signature."""

    text: str
    key_id: str
    signature: bytes


def canonical_text(facts: Any) -> str:
    """The facts as JSON text, always the same for the same facts."""
    return _ENCODER.encode(facts).decode()


def sign(text: str, *, at: dt.datetime) -> Signed:
    """Sign a text with the active key, in the caller's transaction."""
    signer = keyring.key_ring().signer
    keep_public_keys(signer, at=at)
    return Signed(text, signer.id, signer.sign(text.encode()))


def keep_public_keys(*keys: keyring.SigningKey, at: dt.datetime) -> None:
    """Remember these public keys, or all of the ring: they must outlive the ring's words."""
    PublicKey.objects.bulk_create(
        [
            PublicKey(key_id=key.id, public_key=key.public_key, first_used_at=at)
            for key in keys or keyring.key_ring().signers
        ],
        ignore_conflicts=True,
    )


def has_signed(key_id: str, text: str, signature: bytes) -> bool:
    """Whether a key of ours, in use or retired, signed exactly this text."""
    public_key = public_key_of(key_id)
    return public_key is not None and keyring.verifies(public_key, text.encode(), signature)


def envelope(text: str, key_id: str, signature: bytes) -> dict[str, str | None]:
    """A signed text with what checking it takes; the same form wherever we give one away."""
    public_key = public_key_of(key_id)
    return {
        "algorithm": ALGORITHM,
        "keyId": key_id,
        "publicKey": None if public_key is None else base64.b64encode(public_key).decode(),
        "signature": base64.b64encode(signature).decode(),
        "text": text,
    }


def public_key_of(key_id: str) -> bytes | None:
    """The public half of a key of ours."""
    kept = PublicKey.objects.filter(key_id=key_id).first()
    if kept is not None:
        return bytes(kept.public_key)
    key = keyring.key_ring().signing_key(key_id)
    return None if key is None else key.public_key


def signing_keys() -> list[dict[str, str]]:
    """Every public key, the active one first, in the form of a JSON Web Key Set."""
    ring = keyring.key_ring()
    known = {key.id: key.public_key for key in ring.signers}
    retired = PublicKey.objects.exclude(key_id__in=known).order_by("-first_used_at", "key_id")
    known |= {row.key_id: bytes(row.public_key) for row in retired}
    return [
        {
            "kid": key_id,
            "kty": "OKP",
            "crv": ALGORITHM,
            "alg": "EdDSA",
            "use": "sig",
            "x": base64.urlsafe_b64encode(public_key).rstrip(b"=").decode(),
            "status": "active" if key_id == ring.signer.id else "retired",
        }
        for key_id, public_key in known.items()
    ]
