"""schemathesis over our own description and over the published one: no 5xx, nothing that does not
fit what is described. Every example is undone, and the examples are the same each time."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from urllib3 import HTTPResponse

from bookbridge.bridge.api.openapi import document
from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import BROWSER, Api, basic
from bookbridge.bridge.api.tests.openapi import PLATFORM
from bookbridge.bridge.api.tests.samples import fill
from bookbridge.bridge.api.urls import urlpatterns
from bookbridge.bridge.datatypes import DataType

SERVER = "http://testserver/api"
# Examples of an operation that takes a body, only parameters, or nothing but its path.
EXAMPLES_OF_BODIES, EXAMPLES_OF_QUERIES, EXAMPLES_OF_PATHS = 6, 3, 1
FITS = [not_a_server_error, response_schema_conformance, content_type_conformance]


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class InProcess(BaseAdapter):
    """Carries requests into this process."""

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: str(value) for name, value in request.headers.items()}
        found = BROWSER.generic(
            str(request.method),
            str(request.path_url),
            body or b"",
            content_type=headers.pop("Content-Type", "application/json"),
            headers=headers,
        )
        made = requests.Response()
        made.status_code = found.status_code
        made.headers.update(dict(found.headers))
        made.raw = HTTPResponse(
            io.BytesIO(found.content),
            headers=dict(found.headers),
            status=found.status_code,
            preload_content=False,
        )
        made.request, made.url = request, str(request.url)
        return made

    def close(self) -> None:
        """Nothing is open."""


def operations_of(described: dict[str, Any]) -> list[APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_dict(described)
    return [found.ok() for found in schema.get_all_operations()]


def takes_something(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    return bool(len(operation.body) or len(operation.query))


def try_operation(
    operation: APIOperation[Any, Any, Any, Any],
    session: requests.Session,
    known: dict[str, str],
    checks: list[Any],
    mode: GenerationMode = GenerationMode.POSITIVE,
) -> list[str]:
    """Examples of one operation, about what there is and about what there is not."""
    count = EXAMPLES_OF_QUERIES if takes_something(operation) else EXAMPLES_OF_PATHS
    count = EXAMPLES_OF_BODIES if len(operation.body) else count
    is_real = st.booleans() if count > EXAMPLES_OF_PATHS else st.just(True)

    @examples(count)
    @given(case=operation.as_strategy(mode), is_known=is_real)
    def one(case: Case, is_known: bool) -> None:
        if is_known:
            names = known.keys() & case.path_parameters.keys()
            case.path_parameters.update({name: known[name] for name in names})
        with transaction.atomic():
            case.call_and_validate(base_url=SERVER, session=session, checks=checks)
            transaction.set_rollback(True)

    try:
        one()
    except (FailureGroup, AssertionError) as error:
        return [f"{operation.label}: {error}"]
    return []


@pytest.fixture
def known(lender: Api) -> dict[str, str]:
    """What is really there, by the names of path parameters."""
    acme = linked_company(lender)
    fill(acme)
    dataset = acme.dataset(DataType.INVOICES)
    return {
        "companyId": str(acme.company_id),
        "connectionId": str(acme.connection_id),
        "datasetId": str(dataset.id),
        "platformKey": "vjms",
        "key": "vjms",
        "dataType": "invoices",
    }


@pytest.fixture
def session(lender: Api) -> requests.Session:
    made = requests.Session()
    made.mount("http://", InProcess())
    made.headers["Authorization"] = basic(lender.key)
    return made


def test_what_we_describe_is_what_we_do(session: requests.Session, known: dict[str, str]) -> None:
    found = operations_of(json.loads(json.dumps(document(urlpatterns))))
    assert len(found) > 100
    checks = [*FITS, status_code_conformance]
    wrong = [one for operation in found for one in try_operation(operation, session, known, checks)]
    assert not wrong, "\n\n".join(wrong)


def test_what_we_describe_otherwise_is_no_bug_of_ours(
    session: requests.Session, known: dict[str, str]
) -> None:
    """Sent what the description does not allow."""
    found = operations_of(json.loads(json.dumps(document(urlpatterns))))
    wrong = [
        one
        for operation in found
        if takes_something(operation) and operation.method != "get"
        for one in try_operation(
            operation, session, known, [not_a_server_error], GenerationMode.NEGATIVE
        )
    ]
    assert not wrong, "\n\n".join(wrong)


def test_what_is_published_is_what_we_do(
    session: requests.Session, known: dict[str, str], test_data: Path
) -> None:
    file = test_data / "specs" / PLATFORM
    if not file.is_file():
        pytest.skip(f"no OpenAPI file at {file}")
    found = operations_of(json.loads(file.read_text()))
    assert len(found) > 50
    wrong = [one for operation in found for one in try_operation(operation, session, known, FITS)]
    assert not wrong, "\n\n".join(wrong)
