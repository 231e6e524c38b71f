"""Forms of the portal: they read what was typed; operations decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class IntegrationForm(forms.Form):
    """Host and keys; spaces are kept, so that the operation can say that they are wrong."""

    host = forms.CharField(
        label=_("Host"),
        help_text=_("Change it only when your provider tells you to."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class CompanyForm(forms.Form):
    """A company's name and description."""

    name = forms.CharField(label=_("Company name"), max_length=255)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class DeletionForm(forms.Form):
    """The name is typed again, because nothing brings a deleted company back."""

    typed_name = forms.CharField(label=_("Type the company's name to confirm"))

    def __init__(self, *args: object, company_name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.company_name = company_name

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if typed.strip() != self.company_name:
            raise forms.ValidationError(
                _("That is not the name of this company: %(name)s."),
                params={"name": self.company_name},
            )
        return typed


class ApiKeyForm(forms.Form):
    """A name to know an API key by."""

    name = forms.CharField(
        label=_("Name"), max_length=50, help_text=_("What will use it, for instance “Loan desk”.")
    )
