"""Signed statements: a text, the key that signed it, and the same text to be read."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from bookbridge.verification.keys import PublicKeys, key_bytes
from bookbridge.verification.report import Report

ALGORITHM = "Ed25519"


def check_signature(
    envelope: Mapping[str, Any], keys: PublicKeys | None, report: Report
) -> dict[str, Any] | None:
    """The signed facts, if the signature is good; each step goes into the report."""
    text, key_id = envelope.get("text"), envelope.get("keyId")
    if not isinstance(text, str) or not isinstance(key_id, str):
        report.fails("This is not a signed statement: it has no text or no key id.")
        return None
    if envelope.get("algorithm") != ALGORITHM:
        report.fails(f"The signature is not {ALGORITHM}.")
        return None
    keys = keys or _own_key(envelope, key_id)
    if keys is None or key_id not in keys.by_id:
        report.fails(f"Key {key_id} is not among the public keys that were given.")
        return None
    try:
        signature = base64.b64decode(str(envelope.get("signature")), validate=True)
    except binascii.Error:
        signature = b""
    if not report.check(
        keys.has_signed(key_id, text.encode(), signature),
        f"Signed with key {key_id}, and unchanged since.",
        f"Key {key_id} did not sign this text: it was changed, or is not what it says.",
    ):
        return None
    _say_whose(keys, key_id, report)
    facts = json.loads(text)
    shown = envelope.get("certificate", envelope.get("statement", facts))
    if not report.check(
        shown == facts,
        "What is shown is what was signed.",
        "What is shown beside the signed text differs from it.",
    ):
        return None
    return facts if isinstance(facts, dict) else None


def _own_key(envelope: Mapping[str, Any], key_id: str) -> PublicKeys | None:
    try:
        found = {key_id: key_bytes(str(envelope["publicKey"]))}
    except (KeyError, ValueError):
        return None
    return PublicKeys(found, "the file itself", are_trusted=False)


def _say_whose(keys: PublicKeys, key_id: str, report: Report) -> None:
    if not keys.are_trusted:
        report.says(
            "The public key came with the file, so this shows that nothing was changed, not who "
            f"signed it. Compare its SHA-256 with the one published: {keys.fingerprint(key_id)}"
        )
