"""The data types that the public API names, ours or not."""

from bookbridge.bridge.datatypes import DataType

_OTHER_ACCOUNTING = frozenset({"itemReceipts", "paymentMethods", "purchaseOrders", "salesOrders"})
_OTHER_FAMILIES = ("banking-", "commerce-")


def is_public(key: str) -> bool:
    """Whether the public API has a data type of this name."""
    return key in _OTHER_ACCOUNTING or key.startswith(_OTHER_FAMILIES) or key in set(DataType)
