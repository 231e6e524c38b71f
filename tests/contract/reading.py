"""Every reading operation that an official client has, and how to call it without knowing it."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from codat_lending import CodatLending
from codat_lending.models.errors import ErrorMessage
from codataccounting import CodatAccounting
from codataccounting.models import errors as accounting_errors

READS = ("list", "get", "download", "is_")
WRITES = ("get_create", "get_update")
NO_RECORD = "nothing"
DEPTH_MAX = 4
# What every reading is asked for; what names a record is found in its list.
PARAMETERS: dict[str, Any] = {
    "page": 1,
    "page_size": 100,
    "period_length": 1,
    "periods_to_compare": 2,
    "attachment_id": NO_RECORD,
}


@dataclass(frozen=True)
class Outcome:
    """What a client made of a reply: the status, and the model or the error that it parsed."""

    status: int
    body: Any
    error: str = ""


@dataclass(frozen=True)
class Reading:
    """One operation: `name` is how a program reaches it in the client."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[[dict[str, Any]], Outcome]

    @property
    def group(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def method(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def record_parameter(self) -> str | None:
        """What names the record, if one is asked for."""
        known = {*PARAMETERS, "company_id", "connection_id"}
        ids = [one for one in self.parameters if one.endswith("_id") and one not in known]
        return ids[0] if ids else None

    def outcome(self, **given: Any) -> Outcome:
        known = {**PARAMETERS, **given}
        return self.call({name: known[name] for name in self.parameters if name in known})


def of_accounting(client: CodatAccounting) -> dict[str, Reading]:
    """The readings of codat-accounting: one group of methods for each data type."""
    found = {}
    for group, part in vars(client).items():
        for name, method in _methods(part):
            wanted = inspect.signature(method).parameters.get("request")
            if wanted is None:
                continue
            request = wanted.annotation
            fields = tuple(field.name for field in dataclasses.fields(request))
            full = f"{group}.{name}"
            found[full] = Reading(full, fields, _accounting_call(method, request))
    return found


def of_lending(client: CodatLending) -> dict[str, Reading]:
    """The readings of codat-lending: groups within groups."""
    return {reading.name: reading for reading in _lending(client, ())}


def _lending(part: Any, path: tuple[str, ...]) -> Iterator[Reading]:
    names = [*getattr(type(part), "__annotations__", {}), *vars(part)]
    for name in dict.fromkeys(one for one in names if not one.startswith("_")):
        inner = getattr(part, name, None)
        is_group = type(inner).__module__.startswith("codat_lending.") and len(path) < DEPTH_MAX
        if is_group and "onfiguration" not in type(inner).__name__:
            yield from _lending(inner, (*path, name))
    if not path:
        return
    for name, method in _methods(part):
        request = inspect.signature(method).parameters.get("request")
        if request is not None:
            module = inspect.getmodule(type(part))
            wanted = [getattr(module, one.__forward_arg__) for one in _choices(request.annotation)]
            fields = tuple(typing.get_type_hints(wanted[-1]))
            yield Reading(".".join((*path, name)), fields, _lending_call(method))


def _choices(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation)


def _methods(part: Any) -> Iterator[tuple[str, Any]]:
    for name, method in inspect.getmembers(part, inspect.ismethod):
        if name.startswith(READS) and not name.startswith(WRITES) and not name.endswith("_async"):
            yield name, method


def _accounting_call(method: Any, request: Any) -> Callable[[dict[str, Any]], Outcome]:
    def call(given: dict[str, Any]) -> Outcome:
        try:
            answer = method(request(**given))
        except accounting_errors.ErrorMessage as error:
            return Outcome(int(error.status_code or 0), None, error.error or "")
        known = {"content_type", "status_code", "raw_response", "error_message", "headers"}
        bodies = [value for name, value in vars(answer).items() if name not in known and value]
        return Outcome(answer.status_code, bodies[0] if bodies else None)

    return call


def _lending_call(method: Any) -> Callable[[dict[str, Any]], Outcome]:
    def call(given: dict[str, Any]) -> Outcome:
        try:
            return Outcome(200, method(request=given))
        except ErrorMessage as error:
            return Outcome(int(error.data.status_code or 0), None, error.data.error or "")

    return call
