"""What a handler of the public API is given."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.api.authentication import Caller
from bookbridge.bridge.api.errors import ApiError, ValidationItem
from bookbridge.bridge.clients.rules import Actor

Struct = TypeVar("Struct")
# Postgres keeps every character but this one.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True)
class Call:
    """One authenticated request: what a handler needs, and no more."""

    request: HttpRequest
    caller: Caller
    at: dt.datetime = field(default_factory=timezone.now)

    @property
    def client_id(self) -> UUID:
        return self.caller.client_id

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    def parameter(self, name: str) -> str:
        """A query parameter, blank when absent."""
        return self.request.GET.get(name, "").strip()

    def body(self, kind: type[Struct]) -> Struct:
        """The request's JSON as a struct; raises a 400 that says what does not fit."""
        try:
            if _NUL.search(self.request.body):
                raise msgspec.ValidationError(_("the character NUL is in no text"))
            return msgspec.json.decode(self.request.body or b"{}", type=kind)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            item = ValidationItem(message=str(error), validator=getattr(kind, "__name__", None))
            raise ApiError(
                HTTPStatus.BAD_REQUEST,
                _("The body of the request does not fit: %(reason)s") % {"reason": error},
                validation=(item,),
            ) from error
