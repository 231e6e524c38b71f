"""The public data types and dataset states of the compatible API, and what follows from them."""

from bookbridge.bridge.datatypes.facts import FACTS, ORDER, DataTypeFacts, Level, facts_of
from bookbridge.bridge.datatypes.keys import DataType
from bookbridge.bridge.datatypes.status import DatasetStatus

__all__ = ["FACTS", "ORDER", "DataType", "DataTypeFacts", "DatasetStatus", "Level", "facts_of"]
