"""Where each field of a normalised record comes from, found by mapping it again: pure."""

from bookbridge.bridge.evidence.lineage.explaining import Explained, FieldOrigin, explain

__all__ = ["Explained", "FieldOrigin", "explain"]
