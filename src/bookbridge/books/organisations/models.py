"""People, the businesses whose books they keep, and who may do what in which."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address."""

    def create_user(
        self,
        email: str,
        password: str | None = None,
        *,
        name: str = "",
        is_staff: bool = False,
        is_superuser: bool = False,
    ) -> User:
        user = self.model(
            email=email.strip().lower(), name=name, is_staff=is_staff, is_superuser=is_superuser
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, *, name: str = "") -> User:
        return self.create_user(email, password, name=name, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person who signs in; the e-mail address is the name."""

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        constraints = [models.UniqueConstraint(Lower("email"), name="organisations_user_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email


class BusinessType(models.TextChoices):
    LIMITED_COMPANY = "LIMITED_COMPANY", _("Limited company")
    SOLE_TRADER = "SOLE_TRADER", _("Sole trader")
    PARTNERSHIP = "PARTNERSHIP", _("Partnership")
    LLP = "LLP", _("Limited liability partnership")
    CHARITY = "CHARITY", _("Charity")


class Plan(models.TextChoices):
    FREE = "FREE", _("Free")


class Organisation(models.Model):
    """A business whose books are kept here."""

    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    business_type = models.CharField(
        _("business type"),
        max_length=20,
        choices=BusinessType,
        default=BusinessType.LIMITED_COMPANY,
    )
    company_number = models.CharField(_("company number"), max_length=20, blank=True)
    vat_registered = models.BooleanField(_("VAT registered"), default=False)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    base_currency = models.CharField(_("base currency"), max_length=3, default="GBP")
    # The first day of the first financial year; later years begin on its anniversaries.
    financial_year_start_date = models.DateField(_("financial year start"))
    lock_date = models.DateField(_("locked up to and including"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address_line_1 = models.CharField(_("address line 1"), max_length=200, blank=True)
    address_line_2 = models.CharField(_("address line 2"), max_length=200, blank=True)
    address_line_3 = models.CharField(_("address line 3"), max_length=200, blank=True)
    town_city = models.CharField(_("town or city"), max_length=120, blank=True)
    county = models.CharField(_("county"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="GB")
    plan = models.CharField(_("plan"), max_length=20, choices=Plan, default=Plan.FREE)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name

    def is_locked(self, date: dt.date) -> bool:
        return self.lock_date is not None and date <= self.lock_date


class Member(models.Model):
    """A user's part in an organisation."""

    class Role(models.TextChoices):
        OWNER = "OWNER", _("Owner")
        BOOKKEEPER = "BOOKKEEPER", _("Bookkeeper")
        READ_ONLY = "READ_ONLY", _("Read only")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("member")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], name="organisations_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @property
    def may_write(self) -> bool:
        return self.role in {self.Role.OWNER, self.Role.BOOKKEEPER}

    @property
    def may_administer(self) -> bool:
        return self.role == self.Role.OWNER


class OrganisationOwned(models.Model):
    """A table whose rows belong to one organisation.

    References between such tables carry no database constraint of Django's own: migrations add
    composite ones that include the organisation.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "id"], name="%(app_label)s_%(class)s_tenant"
            )
        ]
