"""JSON with exact figures: decimals are written as numbers and read back as decimals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def encode_exact(body: Mapping[str, Any]) -> bytes:
    """The body as JSON; a decimal keeps every digit."""
    return _ENCODER.encode(body)


def decode_exact(text: str | bytes) -> Any:
    """The JSON's value; no figure passes through binary floating point."""
    return _DECODER.decode(text)
