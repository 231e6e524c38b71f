"""The OpenAPI document: every method is in it, and it says what is so."""

import json

from django.test import Client as Browser
from openapi_spec_validator import validate

from bookbridge.bridge.api.description import Operation
from bookbridge.bridge.api.openapi import described, document, endpoints
from bookbridge.bridge.api.urls import urlpatterns


def test_every_method_of_the_api_is_described_beside_its_handler() -> None:
    bare = [
        f"{method} {route}"
        for route, view, _converters in endpoints(urlpatterns)
        for method, handler in view.handlers.items()
        if not isinstance(handler, Operation)
    ]
    assert not bare, f"put @operation(...) over the handlers of {bare}"


def test_an_operation_id_names_one_operation() -> None:
    found = list(described(urlpatterns))
    ids = [one.operation.id for one in found]
    assert len(found) > 60
    assert [one for one in ids if ids.count(one) > 1] == []


def test_the_document_is_valid_openapi() -> None:
    validate(document(urlpatterns))


def test_the_document_is_told_to_anybody(db: None) -> None:
    reply = Browser().get("/api/openapi.json")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json")
    told = json.loads(reply.content)
    companies = told["paths"]["/companies"]
    assert companies["get"]["operationId"] == "list-companies"
    assert set(companies["post"]["responses"]) >= {"200", "400", "401", "409", "422", "429"}
    assert companies["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert told["paths"]["/openapi.json"]["get"]["security"] == []


def test_a_path_names_its_parameters() -> None:
    made = document(urlpatterns)["paths"]["/companies/{companyId}/data/history/{datasetId}"]
    assert [
        (one["name"], one["schema"])
        for one in made["get"]["parameters"]
    ] == [
        ("companyId", {"type": "string", "format": "uuid"}),
        ("datasetId", {"type": "string", "format": "uuid"}),
    ]  # fmt: skip
