"""What keeps one organisation's rows apart from another's: the scope, and the migrations' words."""

from __future__ import annotations

from contextlib import AbstractContextManager

from bookbridge.kit.tenancy import CompositeForeignKey, EnableRls, scope

ORGANISATION_SETTING = "bookbridge.organisation_id"

# Tables that are read before the organisation is known, so row-level security cannot apply.
IDENTITY_TABLES = {
    "organisations_user": "a person signs in before choosing an organisation",
    "organisations_organisation": "the organisations of a user are listed for the choice itself",
    "organisations_member": "membership decides whether an organisation may be opened at all",
}


def organisation_scope(organisation_id: int) -> AbstractContextManager[None]:
    """One transaction in which only this organisation's rows exist."""
    return scope(ORGANISATION_SETTING, organisation_id)


def enable_organisation_rls(table: str) -> EnableRls:
    """The migration operation that shuts a table's rows away from other organisations."""
    return EnableRls(table, "organisation_id", ORGANISATION_SETTING)


def organisation_key(
    table: str, column: str, to_table: str, *, deferred: bool = True
) -> CompositeForeignKey:
    """The migration operation for a reference that cannot leave its organisation."""
    return CompositeForeignKey(
        table,
        ("organisation_id", column),
        to_table,
        ("organisation_id", "id"),
        deferred=deferred,
    )
