"""Forms of the consent page and of the app register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookbridge.books.oauth.models import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX
from bookbridge.books.oauth.rules import (
    REDIRECT_URI_LENGTH_MAX,
    RedirectUriError,
    checked_redirect_uri,
)
from bookbridge.books.organisations.models import Organisation


class ConsentForm(forms.Form):
    """Which business to open; everything else stays in the address of the page."""

    organisation = forms.ModelChoiceField(
        label=_("Which business"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the business to share.")},
    )

    def __init__(self, *args: object, organisations: list[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(pk__in=[o.pk for o in organisations]).order_by(
            "name", "id"
        )
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()
            field.initial = organisations[0].pk


class AppRequestForm(forms.Form):
    """What a developer says about an app."""

    name = forms.CharField(
        label=_("Name of the app"),
        max_length=NAME_LENGTH_MAX,
        help_text=_("Owners read it when they are asked for access."),
    )
    description = forms.CharField(
        label=_("What it does"),
        max_length=DESCRIPTION_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In words that a business owner understands."),
    )
    redirect_uri = forms.CharField(
        label=_("Redirect address"),
        max_length=REDIRECT_URI_LENGTH_MAX,
        help_text=_("Where owners return after deciding. Compared character for character."),
    )
    may_write = forms.BooleanField(
        label=_("It also changes the books"),
        required=False,
        help_text=_("Leave empty for an app that only reads."),
    )

    def clean_redirect_uri(self) -> str:
        try:
            return checked_redirect_uri(self.cleaned_data["redirect_uri"])
        except RedirectUriError as error:
            raise forms.ValidationError(str(error)) from error


class DeclineForm(forms.Form):
    """Why staff decline an app."""

    reason = forms.CharField(label=_("Reason"), max_length=DESCRIPTION_LENGTH_MAX)
