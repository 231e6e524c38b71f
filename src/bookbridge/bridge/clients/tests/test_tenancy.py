"""Every table that belongs to a client is shut to every other client."""

from __future__ import annotations

import pytest
from django.db import connection

from bookbridge.bridge.clients.tenancy import IDENTITY_TABLES

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_every_table_with_a_client_has_row_security_or_a_reason_not_to() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'client_id' "
            "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        )
        rows = cursor.fetchall()
    assert len(rows) > 15
    unguarded = {name for name, guarded in rows if not guarded}
    assert unguarded - set(IDENTITY_TABLES) == set()


def test_every_index_of_a_clients_table_begins_with_the_tenant() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indrelid AND c.relrowsecurity "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
            "WHERE NOT (i.indisprimary AND i.indnatts = 1)"
        )
        rows = cursor.fetchall()
    # `feed` is made from the company alone, by the database.
    of_the_tenant = {"client_id", "company_id", "feed"}
    strays = {index for index, first in rows if first not in of_the_tenant}
    assert strays == set()
