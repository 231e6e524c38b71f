"""Sign-up and sign-in on top of allauth: a new user gets an organisation with open books."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import BusinessType, User
from bookbridge.books.organisations.vat_numbers import VatNumberError, compact_vat_number


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps the name that people give at sign-up."""

    def save_user(
        self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True
    ) -> User:
        user.name = form.cleaned_data.get("name", "").strip()
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Who you are and which business it is: enough to open its books on the free plan."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    business_name = forms.CharField(label=_("Name of the business"), max_length=200)
    business_type = forms.ChoiceField(label=_("Kind of business"), choices=BusinessType.choices)
    vat_registered = forms.BooleanField(label=_("Registered for VAT"), required=False)
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=30,
        required=False,
        help_text=_("Only if the business is registered for VAT: 9 digits, with or without GB."),
    )
    field_order = [
        "name",
        "email",
        "password1",
        "business_name",
        "business_type",
        "vat_registered",
        "vat_number",
    ]

    def clean_vat_number(self) -> str:
        given = str(self.cleaned_data["vat_number"]).strip()
        if not given:
            return ""
        try:
            return compact_vat_number(given)
        except VatNumberError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        is_missing = not cleaned.get("vat_number") and "vat_number" not in self.errors
        if cleaned.get("vat_registered") and is_missing:
            self.add_error(
                "vat_number",
                _("Write the VAT number, or untick that the business is registered for VAT."),
            )
        return cleaned

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user: User = super().save(request)
            open_books = import_string(settings.OPEN_BOOKS)
            open_books(
                owner=user,
                name=self.cleaned_data["business_name"],
                business_type=self.cleaned_data["business_type"],
                vat_number=self.cleaned_data["vat_number"],
                at=timezone.now(),
            )
        return user
