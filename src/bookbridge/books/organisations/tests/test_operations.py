"""Users, members, roles and locks."""

from __future__ import annotations

import datetime as dt

import pytest

from bookbridge.books.organisations import operations
from bookbridge.books.organisations.models import Member, Organisation, User
from bookbridge.books.organisations.queries import membership, organisations_of, year_of
from bookbridge.books.organisations.rules import Actor

AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"


def register(email: str, password: str = PASSWORD) -> User:
    return operations.register_user(email=email, password=password, at=AT)


def test_an_address_is_one_user_however_it_is_written(db: None) -> None:
    user = register(" Olive@Example.com ")
    assert user.email == "olive@example.com"
    assert user.check_password(PASSWORD)
    with pytest.raises(operations.EmailTakenError):
        register("OLIVE@example.com")


def test_bad_addresses_and_weak_passwords_are_refused(db: None) -> None:
    with pytest.raises(operations.EmailInvalidError) as caught:
        register("olive")
    assert list(caught.value.fields) == ["email"]
    with pytest.raises(operations.PasswordRefusedError):
        register("olive@example.com", "12345")
    assert not User.objects.exists()


def test_a_member_sees_the_organisation_and_a_stranger_does_not(
    books: Organisation, bookkeeper_user: User, reader_user: User, stranger_user: User
) -> None:
    assert list(organisations_of(bookkeeper_user)) == [books]
    assert list(organisations_of(stranger_user)) == []
    assert membership(stranger_user, books.pk) is None
    writer, reader = membership(bookkeeper_user, books.pk), membership(reader_user, books.pk)
    assert writer is not None and writer.may_write and not writer.may_administer
    assert reader is not None and not reader.may_write


def test_a_user_is_a_member_once(books: Organisation, bookkeeper_user: User, owner: Actor) -> None:
    with pytest.raises(operations.MemberExistsError):
        operations.add_member(
            organisation_id=books.pk,
            user=bookkeeper_user,
            role=Member.Role.OWNER,
            actor=owner,
            at=AT,
        )


def test_the_last_owner_stays(
    books: Organisation, owner_user: User, bookkeeper_user: User, owner: Actor
) -> None:
    with pytest.raises(operations.LastOwnerError):
        operations.remove_member(organisation_id=books.pk, user=owner_user, actor=owner, at=AT)
    operations.remove_member(organisation_id=books.pk, user=bookkeeper_user, actor=owner, at=AT)
    assert membership(bookkeeper_user, books.pk) is None


def test_a_lock_only_moves_forward(books: Organisation, owner: Actor) -> None:
    def lock(date: dt.date) -> Organisation:
        return operations.lock_period(organisation_id=books.pk, lock_date=date, actor=owner, at=AT)

    assert lock(dt.date(2026, 1, 31)).is_locked(dt.date(2026, 1, 31))
    with pytest.raises(operations.LockMovedBackError):
        lock(dt.date(2026, 1, 30))


def test_a_profile_changes_and_keeps_its_name(books: Organisation, owner: Actor) -> None:
    changed = operations.update_organisation(
        organisation_id=books.pk, town_city=" Leeds ", vat_number="", actor=owner, at=AT
    )
    assert (changed.town_city, changed.vat_registered, changed.updated_at) == ("Leeds", False, AT)
    with pytest.raises(operations.NameMissingError):
        operations.update_organisation(organisation_id=books.pk, name=" ", actor=owner, at=AT)


@pytest.mark.parametrize(
    ("start", "date", "year_start", "year_end"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        (dt.date(2025, 4, 6), dt.date(2026, 4, 5), dt.date(2025, 4, 6), dt.date(2026, 4, 5)),
        (dt.date(2025, 4, 6), dt.date(2026, 4, 6), dt.date(2026, 4, 6), dt.date(2027, 4, 5)),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 1), dt.date(2025, 3, 1), dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 1), dt.date(2009, 12, 1), dt.date(2009, 1, 1), dt.date(2009, 12, 31)),
    ],
)
def test_financial_years_begin_on_anniversaries(
    start: dt.date, date: dt.date, year_start: dt.date, year_end: dt.date
) -> None:
    year = year_of(Organisation(financial_year_start_date=start), date)
    assert (year.start, year.end) == (year_start, year_end)
