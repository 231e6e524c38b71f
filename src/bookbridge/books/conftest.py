"""The cast of every test of the books: an owner, a bookkeeper, a reader and a stranger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from bookbridge.books.organisations.models import Member, Organisation, User
from bookbridge.books.organisations.operations import add_member, register_user
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.tax.operations import open_books
from bookbridge.kit.testing import django_db_setup

__all__ = ["django_db_setup"]

OPENED_AT = dt.datetime(2026, 1, 1, 8, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"


def person(name: str) -> User:
    """A registered user called `name`, made when first asked for."""
    email = f"{name.lower()}@example.com"
    found = User.objects.filter(email=email).first()
    return found or register_user(email=email, password=PASSWORD, name=name, at=OPENED_AT)


def make_books(owner: User, name: str) -> Organisation:
    """Opened books of a VAT-registered limited company whose year starts in January 2026."""
    return open_books(
        owner=owner,
        name=name,
        vat_number="GB980780684",
        financial_year_start_date=dt.date(2026, 1, 1),
        at=OPENED_AT,
    )


def actor_of(user: User) -> Actor:
    return Actor(user_id=user.pk, name=user.display_name)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Slow hashing protects real passwords; here it would only cost minutes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner_user(db: None) -> User:
    return person("Olive")


@pytest.fixture
def owner(owner_user: User) -> Actor:
    return actor_of(owner_user)


@pytest.fixture
def books(owner_user: User) -> Iterator[Organisation]:
    """The owner's books, with the test inside their scope."""
    organisation = make_books(owner_user, "Olive's Workshop Ltd")
    with organisation_scope(organisation.pk):
        yield organisation


@pytest.fixture
def bookkeeper_user(books: Organisation, owner: Actor) -> User:
    user = person("Benedict")
    add_member(
        organisation_id=books.pk,
        user=user,
        role=Member.Role.BOOKKEEPER,
        actor=owner,
        at=OPENED_AT,
    )
    return user


@pytest.fixture
def reader_user(books: Organisation, owner: Actor) -> User:
    user = person("Rita")
    add_member(
        organisation_id=books.pk,
        user=user,
        role=Member.Role.READ_ONLY,
        actor=owner,
        at=OPENED_AT,
    )
    return user


@pytest.fixture
def stranger_user(db: None) -> User:
    return person("Sam")


@pytest.fixture
def committed_books(committed_db: str) -> Organisation:
    """Books in a database of their own, where commits are real; open a scope yourself."""
    return make_books(person("Olive"), "Olive's Workshop Ltd")


@pytest.fixture
def committed_owner(committed_books: Organisation) -> Actor:
    return actor_of(person("Olive"))


@pytest.fixture
def stranger_books(committed_db: str) -> Organisation:
    """The books of somebody else, in the same database as `committed_books`."""
    return make_books(person("Sam"), "Stranger & Co")
