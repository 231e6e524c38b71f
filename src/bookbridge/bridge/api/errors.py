"""Refusals of the public API, and the one table from our refusal codes to HTTP statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

SERVICE = "PublicApi"
RETRY_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

# Codes of refusals that are not simply a bad request; `…_not_found` is a 404 by its name.
STATUS_OF_CODE: Mapping[str, HTTPStatus] = {
    "api_keys_too_many": HTTPStatus.CONFLICT,
    "api_key_last": HTTPStatus.FORBIDDEN,
    "company_product_unknown": HTTPStatus.NOT_FOUND,
    "evidence_packs_too_many": HTTPStatus.CONFLICT,
    "webhook_consumer_disabled": HTTPStatus.CONFLICT,
    "integration_unknown": HTTPStatus.NOT_FOUND,
    "integration_not_ready": HTTPStatus.FORBIDDEN,
}


class ErrorValidationItem(msgspec.Struct):
    """One thing that is wrong with a request, as it is told."""

    itemId: str | None
    message: str | None
    validatorName: str | None


class ErrorValidation(msgspec.Struct):
    """What is wrong with a request, thing by thing."""

    errors: list[ErrorValidationItem]
    warnings: list[ErrorValidationItem]


class ErrorMessage(msgspec.Struct):
    """The body of every refusal."""

    statusCode: int
    service: str
    error: str
    correlationId: str
    validation: ErrorValidation | None
    canBeRetried: str
    detailedErrorCode: int


@dataclass(frozen=True)
class ValidationItem:
    """One thing that is wrong with a request, and where."""

    message: str
    item_id: str | None = None
    validator: str | None = None


class ApiError(Exception):
    """The request is refused with this status and sentence."""

    code = "api_refusal"

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        *,
        validation: tuple[ValidationItem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.validation = validation
        self.headers = dict(headers or {})


def not_found(message: str) -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, message)


def bad_request(message: str, *, validation: tuple[ValidationItem, ...] = ()) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, message, validation=validation)


def conflict(message: str) -> ApiError:
    return ApiError(HTTPStatus.CONFLICT, message)


def as_api_error(error: Exception) -> ApiError | None:
    """The refusal of an operation as an answer; None when the exception is not a refusal."""
    if isinstance(error, ApiError):
        return error
    code = getattr(error, "code", None)
    is_ours = type(error).__module__.startswith("bookbridge.bridge.")
    if not is_ours or not isinstance(code, str):
        return None
    usual = HTTPStatus.NOT_FOUND if code.endswith("_not_found") else HTTPStatus.BAD_REQUEST
    return ApiError(STATUS_OF_CODE.get(code, usual), str(error))


def error_body(error: ApiError, correlation_id: str) -> ErrorMessage:
    """The public error object."""
    items = [
        ErrorValidationItem(item.item_id, item.message, item.validator) for item in error.validation
    ]
    return ErrorMessage(
        statusCode=int(error.status),
        service=SERVICE,
        error=error.message,
        correlationId=correlation_id,
        validation=ErrorValidation(items, []) if items else None,
        canBeRetried="True" if error.status in RETRY_LATER else "Unknown",
        detailedErrorCode=0,
    )
