"""The Pandle connector: everything that the bridge knows about this platform, and nothing else."""

from bookbridge.bridge.connectors.pandle.connector import PandleConnector

__all__ = ["PandleConnector"]
