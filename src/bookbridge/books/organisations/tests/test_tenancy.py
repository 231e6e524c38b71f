"""Every table that belongs to an organisation is shut to every other organisation."""

from __future__ import annotations

import pytest
from django.db import connection

from bookbridge.books.oauth.tenancy import IDENTITY_TABLES as OAUTH_IDENTITY_TABLES
from bookbridge.books.organisations.tenancy import IDENTITY_TABLES

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_every_table_with_an_organisation_has_row_security_or_a_reason_not_to() -> None:
    found = rows(
        "SELECT c.relname, c.relrowsecurity FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )

    unguarded = {name for name, guarded in found if not guarded}
    assert len(found) > 20
    assert unguarded - set(IDENTITY_TABLES) - set(OAUTH_IDENTITY_TABLES) == set()


def test_every_index_of_an_organisations_table_begins_with_the_organisation() -> None:
    found = rows(
        "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid AND c.relrowsecurity "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        "WHERE NOT (i.indisprimary AND i.indnatts = 1)"
    )

    strays = {index for index, first in found if first != "organisation_id"}
    assert strays == set()
