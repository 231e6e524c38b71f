"""The public data types and dataset states of the compatible API."""

from bookbridge.bridge.datatypes.keys import DataType

__all__ = ["DataType"]
