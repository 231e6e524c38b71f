"""What the API refuses, and how refusals of any operation become an answer.

`errors` is a plain list of sentences, which every known client of this API can read; `fields` says
where each belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _

OUR_PACKAGE = "bookbridge.books"
# Refusals that are about the state of the thing named in the address, not about the request.
CONFLICTS = frozenset(
    {
        "entry_already_reversed",
        "account_in_use",
        "account_code_taken",
        "document_already_void",
        "imported_already_confirmed",
    }
)


class ApiError(Exception):
    """Ends a request with a status and sentences."""

    status = 422
    headers: Mapping[str, str] = {}

    def __init__(self, *errors: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(*errors)
        self.errors = errors
        self.fields = fields or {}


class UnauthenticatedError(ApiError):
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="books"'}


class ForbiddenError(ApiError):
    status = 403


class NotFoundError(ApiError):
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here, or you may not see it."))


class MethodNotAllowedError(ApiError):
    status = 405

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(_("This address answers only: %(verbs)s.") % {"verbs": ", ".join(allowed)})
        self.headers = {"Allow": ", ".join(allowed)}


class InvalidInputError(ApiError):
    """The body or the query cannot be understood; nothing was done."""


class BodyTooBigError(ApiError):
    status = 413


def error_response(error: ApiError) -> HttpResponse:
    body: dict[str, object] = {"errors": list(error.errors)}
    if error.fields:
        body["fields"] = {name: list(sentences) for name, sentences in error.fields.items()}
    response = HttpResponse(
        msgspec.json.encode(body), content_type="application/json", status=error.status
    )
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def refusal(error: Exception) -> ApiError | None:
    """The answer to an operation's refusal, or None where the exception is a bug and must rise."""
    if isinstance(error, ApiError):
        return error
    code = getattr(error, "code", None)
    if not isinstance(code, str) or not type(error).__module__.startswith(OUR_PACKAGE):
        return None
    answer = ApiError(str(error), fields=getattr(error, "fields", None))
    if code in CONFLICTS:
        answer.status = 409
    return answer
