"""A write that began before the window is whole or not there at all."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookbridge.books.conftest import person
from bookbridge.books.contacts.models import Customer
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.status.models import MaintenanceWindow

pytestmark = pytest.mark.database
SENT = {"name": "Kiln & Co", "currency": "GBP", "days_until_payment_due": "14"}
WAIT_SECONDS_MAX = 60
BLOCKED = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'contacts_customer'::regclass"


class Write(threading.Thread):
    """Somebody adds a customer; `status` is None if the write came to nothing."""

    def __init__(self, books: Organisation) -> None:
        super().__init__()
        self.browser = Client()
        self.browser.force_login(person("Olive"))
        self.url = reverse("new_customer", args=[books.pk])
        self.status: int | None = None

    def run(self) -> None:
        try:
            self.status = self.browser.post(self.url, SENT).status_code
        except OperationalError:
            self.status = None
        finally:
            connections.close_all()


@contextmanager
def held_half_way(write: Write) -> Iterator[int]:
    """The write has begun and waits for a table; then maintenance begins. Yields its backend."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE contacts_customer IN EXCLUSIVE MODE")
        write.start()
        until = time.monotonic() + WAIT_SECONDS_MAX
        found = None
        while found is None:
            assert time.monotonic() < until, "the write never came to its table"
            cursor.execute(BLOCKED)
            found = cursor.fetchone()
        now = timezone.now()
        MaintenanceWindow.objects.using("owner").create(
            starts_at=now,
            ends_at=now + dt.timedelta(hours=1),
            reason="New disks.",
            planned_by="Stella",
            planned_at=now,
        )
        yield found[0]
    write.join(WAIT_SECONDS_MAX)
    assert not write.is_alive()


def customers(books: Organisation) -> int:
    with organisation_scope(books.pk):
        return Customer.objects.count()


def test_a_write_that_began_before_is_finished_and_the_next_is_refused(
    committed_books: Organisation,
) -> None:
    write = Write(committed_books)
    with held_half_way(write):
        pass
    assert write.status == 302
    assert customers(committed_books) == 1
    refused = write.browser.post(write.url, SENT | {"name": "Another"})
    assert refused.status_code == 503
    assert customers(committed_books) == 1


def test_a_write_that_is_cut_off_leaves_nothing(committed_books: Organisation) -> None:
    write = Write(committed_books)
    with held_half_way(write) as backend, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    assert write.status is None
    assert customers(committed_books) == 0
