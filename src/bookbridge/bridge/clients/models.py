"""Clients (the organisations that use the bridge), their users and their API keys."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; `createsuperuser` comes through here."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An administrator of the installation, at home in the first client (made if none)."""
        with transaction.atomic():
            user = self.create_user(email, password, is_staff=True, **fields)
            client = Client.objects.order_by("created_at").first() or Client.objects.create(
                name="My organisation", created_at=timezone.now()
            )
            ClientUser.objects.create(client=client, user=user, role=ClientUser.Role.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in to the portal; the e-mail address is the name."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="clients_user_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Client(models.Model):
    """An organisation that reads its customers' books through the bridge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=150)
    redirect_url = models.URLField(max_length=500, blank=True)
    logo_url = models.URLField(max_length=500, blank=True)
    icon_url = models.URLField(max_length=500, blank=True)
    allowed_redirect_urls = models.JSONField(default=list)
    allowed_origins = models.JSONField(default=list)
    confirm_company_name = models.BooleanField(default=False)
    zapier_key_hash = models.BinaryField(null=True, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ClientUser(models.Model):
    """A user's place, and what they may do, in a client."""

    class Role(models.TextChoices):
        ONBOARDING = "ONBOARDING", _("Onboarding")
        ADVISOR = "ADVISOR", _("Advisor")
        ANALYST = "ANALYST", _("Analyst")
        DEVELOPER = "DEVELOPER", _("Developer")
        ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="places")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="places")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "user"], name="clients_clientuser_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def can_manage_keys(self) -> bool:
        return self.role in (self.Role.DEVELOPER, self.Role.ADMINISTRATOR)

    @property
    def can_manage_integrations(self) -> bool:
        return self.role in (self.Role.DEVELOPER, self.Role.ADMINISTRATOR)

    @property
    def can_manage_users(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR

    @property
    def can_change_companies(self) -> bool:
        return self.role != self.Role.ADVISOR

    @property
    def can_read_data(self) -> bool:
        return self.role != self.Role.ONBOARDING


class ApiKey(models.Model):
    """A key of the public API: only its hash is kept; the key itself is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=50)
    prefix = models.CharField(max_length=12)
    key_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
