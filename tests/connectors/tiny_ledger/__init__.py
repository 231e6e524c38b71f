"""Tiny Ledger: a second platform, small enough to read at a sitting, outside the bridge's tree."""

from tests.connectors.tiny_ledger.connector import TinyLedgerConnector

__all__ = ["TinyLedgerConnector"]
