"""Registering users, making organisations, sharing them, and locking their past."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bookbridge.books.organisations.models import BusinessType, Member, Organisation, User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.vat_numbers import compact_vat_number

PROFILE_FIELDS = (
    "name",
    "legal_name",
    "company_number",
    "phone",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "town_city",
    "county",
    "postcode",
    "country",
)


class OrganisationError(Exception):
    """A refusal about users or organisations; `fields` says where in a form it belongs."""

    code = "organisation_invalid"
    field = ""

    @property
    def fields(self) -> dict[str, list[str]]:
        return {self.field: [str(self)]} if self.field else {}


class EmailInvalidError(OrganisationError):
    code = "email_invalid"
    field = "email"


class EmailTakenError(OrganisationError):
    code = "email_taken"
    field = "email"


class PasswordRefusedError(OrganisationError):
    code = "password_refused"
    field = "password"


class NameMissingError(OrganisationError):
    code = "name_missing"
    field = "name"


class BusinessTypeUnknownError(OrganisationError):
    code = "business_type_unknown"
    field = "business_type"


class MemberExistsError(OrganisationError):
    code = "member_exists"
    field = "email"


class LastOwnerError(OrganisationError):
    code = "last_owner"


class LockMovedBackError(OrganisationError):
    code = "lock_moved_back"
    field = "lock_date"


@transaction.atomic
def register_user(*, email: str, password: str, name: str = "", at: dt.datetime) -> User:
    """Make a user; raises EmailInvalidError, EmailTakenError, PasswordRefusedError."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise EmailInvalidError(_("Write an e-mail address, such as name@example.com.")) from error
    user = User(email=email, name=name.strip(), date_joined=at)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefusedError(" ".join(error.messages)) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTakenError(_("There is already a user with this e-mail address.")) from error
    return user


@transaction.atomic
def create_organisation(
    *,
    owner: User,
    name: str,
    business_type: str = BusinessType.LIMITED_COMPANY,
    financial_year_start_date: dt.date,
    vat_number: str = "",
    base_currency: str = "GBP",
    at: dt.datetime,
    **profile: str,
) -> Organisation:
    """Make an organisation with its owner; its books are opened by `tax.operations.open_books`.

    Raises NameMissingError, BusinessTypeUnknownError and VatNumberError.
    """
    unknown = set(profile) - set(PROFILE_FIELDS)
    if unknown:
        raise TypeError(f"unknown profile fields: {sorted(unknown)}")
    if not name.strip():
        raise NameMissingError(_("Give the business a name."))
    if business_type not in BusinessType.values:
        raise BusinessTypeUnknownError(
            _("“%(type)s” is not a type of business that we know.") % {"type": business_type}
        )
    vat_number = compact_vat_number(vat_number) if vat_number.strip() else ""
    organisation = Organisation.objects.create(
        name=name.strip(),
        business_type=business_type,
        vat_registered=bool(vat_number),
        vat_number=vat_number,
        base_currency=base_currency,
        financial_year_start_date=financial_year_start_date,
        created_at=at,
        updated_at=at,
        **profile,
    )
    Member.objects.create(
        organisation=organisation, user=owner, role=Member.Role.OWNER, created_at=at
    )
    return organisation


@transaction.atomic
def update_organisation(
    *,
    organisation_id: int,
    vat_number: str | None = None,
    actor: Actor,
    at: dt.datetime,
    **profile: str,
) -> Organisation:
    """Change an organisation's profile; raises NameMissingError and VatNumberError."""
    unknown = set(profile) - set(PROFILE_FIELDS)
    if unknown:
        raise TypeError(f"unknown profile fields: {sorted(unknown)}")
    organisation = _locked(organisation_id)
    for field, value in profile.items():
        setattr(organisation, field, value.strip())
    if not organisation.name:
        raise NameMissingError(_("Give the business a name."))
    if vat_number is not None:
        organisation.vat_number = compact_vat_number(vat_number) if vat_number.strip() else ""
        organisation.vat_registered = bool(organisation.vat_number)
    organisation.updated_at = at
    organisation.save()
    return organisation


@transaction.atomic
def add_member(
    *, organisation_id: int, user: User, role: str, actor: Actor, at: dt.datetime
) -> Member:
    """Give a user a part in an organisation; raises MemberExistsError."""
    try:
        with transaction.atomic():
            return Member.objects.create(
                organisation_id=organisation_id, user=user, role=Member.Role(role), created_at=at
            )
    except IntegrityError as error:
        raise MemberExistsError(
            _("%(user)s is a member already.") % {"user": user.display_name}
        ) from error


@transaction.atomic
def remove_member(*, organisation_id: int, user: User, actor: Actor, at: dt.datetime) -> None:
    """Take a user's part away; raises LastOwnerError."""
    _locked(organisation_id)
    members = Member.objects.filter(organisation_id=organisation_id)
    if not members.filter(role=Member.Role.OWNER).exclude(user=user).exists():
        raise LastOwnerError(_("An organisation keeps at least one owner."))
    members.filter(user=user).delete()


@transaction.atomic
def lock_period(
    *, organisation_id: int, lock_date: dt.date, actor: Actor, at: dt.datetime
) -> Organisation:
    """Refuse every later posting dated up to and including a day; raises LockMovedBackError."""
    organisation = _locked(organisation_id)
    if organisation.lock_date and lock_date < organisation.lock_date:
        raise LockMovedBackError(
            _("The books are locked up to %(date)s; a lock only moves forward.")
            % {"date": organisation.lock_date.isoformat()}
        )
    organisation.lock_date = lock_date
    organisation.updated_at = at
    organisation.save(update_fields=["lock_date", "updated_at"])
    return organisation


def _locked(organisation_id: int) -> Organisation:
    """The organisation's row, held until commit; postings hold the same lock."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
