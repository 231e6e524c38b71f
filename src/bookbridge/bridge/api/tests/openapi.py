"""Validates replies against the published OpenAPI files. Pure: no Django, so any test can use it.

The files call themselves 3.1 but say `nullable` as 3.0 does; it is turned into what 3.1 means.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PLATFORM = "Codat-Platform-docs-2026-08-04.json"
# Webhooks that the newer file no longer has.
WEBHOOKS = "Webhooks.json"
CURRENT_ACCOUNTING = "Codat-Lending.yaml"
OLDER_ACCOUNTING = "Codat-Accounting-2023-04-26.yaml"
# Earlier files of the platform, for clients that were made from them.
EARLIER_PLATFORM = ("Codat-Platform.yaml", "Codat-Common.yaml")
# Newest first: an operation is judged by the newest file that has it.
FILES = (PLATFORM, CURRENT_ACCOUNTING, OLDER_ACCOUNTING)
# Keywords whose keys are names of the file's own choosing.
_MAPS = frozenset(
    {"properties", "definitions", "schemas", "responses", "parameters", "paths", "content"}
)
_IGNORED = frozenset({"nullable", "example", "examples", "format", "discriminator"})


_validators: dict[int, jsonschema.Draft202012Validator] = {}


class UnknownOperationError(LookupError):
    """No file describes this method and path."""


@dataclass(frozen=True)
class Operation:
    """One method of one path in one file."""

    file: str
    path: str
    method: str

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True)
class Spec:
    """The published contract: `check` judges one reply."""

    folder: Path

    def operation(self, method: str, path: str) -> Operation:
        """The operation that a concrete path belongs to; literal steps win over parameters."""
        for file in FILES:
            found = self.operation_in(file, method, path)
            if found is not None:
                return found
        raise UnknownOperationError(f"{method} {path}")

    def operation_in(self, file: str, method: str, path: str) -> Operation | None:
        """The operation of one file that a concrete path belongs to."""
        paths = _load(self.folder / file)["paths"]
        found = [
            Operation(file, template, method.lower())
            for template in paths
            if method.lower() in paths[template] and re.fullmatch(_pattern(template), path)
        ]
        return min(found, key=lambda one: one.path.count("{"), default=None)

    def check(self, method: str, path: str, status: int, body: bytes) -> Operation:
        """Raises AssertionError when the status is not documented or the body does not fit."""
        return self._check(self.operation(method, path), status, body)

    def check_in(self, file: str, method: str, path: str, status: int, body: bytes) -> bool:
        """The same by one file; False where it has no such operation, or no such answer to it."""
        operation = self.operation_in(file, method, path)
        if operation is None:
            return False
        answers = _load(self.folder / file)["paths"][operation.path][operation.method]["responses"]
        if str(status) in answers:
            self._check(operation, status, body)
        return str(status) in answers

    def _check(self, operation: Operation, status: int, body: bytes) -> Operation:
        document = _load(self.folder / operation.file)
        responses = document["paths"][operation.path][operation.method]["responses"]
        assert str(status) in responses, f"{operation.name}: {status} is not documented"
        response = _resolved(document, responses[str(status)])
        content = response.get("content", {}).get("application/json")
        if content is None or (not body and status in (200, 202, 204)):
            assert not body, f"{operation.name} {status}: a body where none is documented"
            return operation
        _check_schema(self.folder / operation.file, content["schema"], json.loads(body), operation)
        return operation

    def check_event(self, event_type: str, body: bytes) -> None:
        """Raises AssertionError when the body is not that of a webhook of this type."""
        _first, dot, rest = event_type.partition(".")
        names = (event_type, f"{{dataType}}{dot}{rest}")
        for file in (PLATFORM, WEBHOOKS):
            documented = _load(self.folder / file)["webhooks"]
            name = next((one for one in names if one in documented), None)
            if name is not None:
                content = documented[name]["post"]["requestBody"]["content"]["application/json"]
                operation = Operation(file, event_type, "webhook")
                _check_schema(self.folder / file, content["schema"], json.loads(body), operation)
                return
        raise UnknownOperationError(event_type)


def _check_schema(file: Path, schema: dict[str, Any], value: Any, operation: Operation) -> None:
    # The files stay loaded, so a schema's identity is its own for as long as the tests run.
    validator = _validators.get(id(schema))
    if validator is None:
        validator = jsonschema.Draft202012Validator(
            _absolute(schema), registry=_registry(file), format_checker=None
        )
        _validators[id(schema)] = validator
    errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]
    assert not errors, f"{operation.name} in {file.name}:\n" + "\n".join(errors[:20])


def _pattern(template: str) -> str:
    return re.sub(r"\{[^}]+\}", "[^/]+", template.rstrip("/"))


@cache
def _load(file: Path) -> dict[str, Any]:
    text = file.read_text()
    if file.suffix == ".json":
        return dict(json.loads(text))
    return dict(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


@cache
def _registry(file: Path) -> Registry[Any]:
    resource = Resource(contents=_plain(_load(file)), specification=DRAFT202012)
    return Registry().with_resource("urn:spec", resource)


def _resolved(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


def _absolute(schema: Any) -> Any:
    """The schema with its references pointing into the registered file."""
    plain = _plain(schema)
    return json.loads(json.dumps(plain, default=str).replace('"$ref": "#/', '"$ref": "urn:spec#/'))


def _plain(value: Any, *, is_named: bool = False) -> Any:
    """The same tree in JSON Schema's own words. `is_named`: the keys are names, not keywords."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if is_named:
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value.get("type"), dict):
        # The older file writes one schema inside the `type` of another.
        return _plain(value["type"])
    made = {
        key: _plain(item, is_named=key in _MAPS)
        for key, item in value.items()
        if key not in _IGNORED
    }
    if value.get("nullable") is not True:
        return made
    if "type" not in made or made.keys() & {"$ref", "allOf", "oneOf", "anyOf"}:
        return {"anyOf": [made, {"type": "null"}]}
    # In place where that is enough: other parts of the file may point inside this schema.
    kinds = made["type"] if isinstance(made["type"], list) else [made["type"]]
    made["type"] = [*kinds, "null"]
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made
