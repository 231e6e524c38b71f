"""Making and changing items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import DocumentError, UnknownItemError
from bookbridge.books.documents.lines import TaxTable, usable_accounts
from bookbridge.books.documents.models import moved
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.models import Item, ItemType

CHANGEABLE = frozenset(
    {
        "name",
        "code",
        "item_type",
        "description",
        "is_sold",
        "is_bought",
        "sale_price",
        "purchase_price",
        "sales_account_id",
        "purchase_account_id",
        "tax_code_id",
        "is_archived",
    }
)


class ItemInvalidError(DocumentError):
    code = "item_invalid"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class ItemCodeTakenError(DocumentError):
    code = "item_code_taken"
    field = "code"

    def __init__(self, item_code: str) -> None:
        super().__init__(_("There is already an item %(code)s.") % {"code": item_code})


def create_item(
    *,
    organisation_id: int,
    name: str,
    actor: Actor,
    at: dt.datetime,
    code: str = "",
    item_type: str = ItemType.SERVICE,
    description: str = "",
    is_sold: bool = True,
    is_bought: bool = False,
    sale_price: Decimal | None = None,
    purchase_price: Decimal | None = None,
    sales_account_id: int | None = None,
    purchase_account_id: int | None = None,
    tax_code_id: int | None = None,
) -> Item:
    """Add an item; raises ItemInvalidError, ItemCodeTakenError and unknown-reference refusals."""
    item = Item(
        organisation_id=organisation_id,
        name=name.strip(),
        code=code.strip(),
        item_type=item_type,
        description=description,
        is_sold=is_sold,
        is_bought=is_bought,
        sale_price=sale_price,
        purchase_price=purchase_price,
        sales_account_id=sales_account_id,
        purchase_account_id=purchase_account_id,
        tax_code_id=tax_code_id,
        created_at=at,
        updated_at=at,
    )
    return _store(item, at)


def update_item(
    *,
    organisation_id: int,
    item_id: int,
    changes: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> Item:
    """Change what is given; documents already written keep what they say."""
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise ItemInvalidError(unknown[0], _("An item has no such field."))
    with organisation_scope(organisation_id):
        item = (
            Item.objects.select_for_update(no_key=True)
            .filter(organisation_id=organisation_id, pk=item_id)
            .first()
        )
        if item is None:
            raise UnknownItemError(item_id)
        for field, value in changes.items():
            setattr(item, field, value)
        return _store(item, at)


def _store(item: Item, at: dt.datetime) -> Item:
    if not item.name or len(item.name) > 200:
        raise ItemInvalidError("name", _("Give the item a name of up to 200 letters."))
    if item.item_type not in ItemType.values:
        raise ItemInvalidError("item_type", _("An item is a service, stock or a product."))
    try:
        with organisation_scope(item.organisation_id):
            accounts = {item.sales_account_id, item.purchase_account_id} - {None}
            usable_accounts(item.organisation_id, {pk for pk in accounts if pk is not None})
            if item.tax_code_id is not None:
                TaxTable(item.organisation_id, at.date()).find(item.tax_code_id, None)
            if item.pk is not None:
                item.updated_at = moved(at)
            item.save()
            item.refresh_from_db()
            return item
    except IntegrityError as error:
        if "sales_item_code" not in str(error):
            raise
        raise ItemCodeTakenError(item.code) from error
