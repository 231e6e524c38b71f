"""Who may call, what errors look like, limits, pages."""

import base64
import uuid

import pytest
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import NOW, Api, basic
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Certificate


def test_a_live_key_opens_the_api(lender: Api) -> None:
    assert lender.get("/companies").status == 200


def test_a_key_followed_by_a_colon_is_the_same_key(lender: Api) -> None:
    assert lender.get("/companies", Authorization=basic(lender.key + ":")).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        basic("wrong"),
        basic(""),
        basic("x" * 5000),
        "Bearer nonsense",
        "Digest abc",
    ],
)
def test_anything_else_is_refused_with_the_public_error(lender: Api, header: str) -> None:
    answer = lender.get("/companies", Authorization=header)
    assert answer.status == 401
    assert answer.response.headers["Content-Type"] == "application/json"
    assert answer.response.headers["WWW-Authenticate"].startswith("Basic")
    body = answer.body
    assert set(body) == {
        "statusCode",
        "service",
        "error",
        "correlationId",
        "validation",
        "canBeRetried",
        "detailedErrorCode",
    }
    assert body["statusCode"] == 401
    assert body["correlationId"] == answer.response.headers["X-Request-Id"]
    assert isinstance(body["canBeRetried"], str)


def test_a_revoked_key_stops_at_once(lender: Api) -> None:
    first = lender.get("/apiKeys").body["results"][0]["id"]
    other = lender.post("/apiKeys", {"name": "other"}).body["apiKey"]
    assert lender.call("DELETE", f"/apiKeys/{first}").status == 204
    assert lender.get("/companies").status == 401
    assert lender.get("/companies", Authorization=basic(other)).status == 200


def test_unknown_paths_and_methods_answer_in_json(lender: Api) -> None:
    assert lender.get("/nothing/here").status == 404
    assert lender.get("/nothing/here").body["statusCode"] == 404
    answer = lender.call("DELETE", "/companies")
    assert answer.status == 405
    assert answer.response.headers["Allow"] == "GET, POST"
    assert lender.get("/companies/not-a-uuid").status == 404


def test_a_bug_of_ours_is_a_json_500(lender: Api) -> None:
    company = linked_company(lender)
    dataset = company.dataset(DataType.INVOICES)
    with client_scope(lender.client_id):
        Certificate.objects.create(
            client_id=lender.client_id,
            company_id=company.company_id,
            connection_id=company.connection_id,
            refresh_id=dataset.refresh_id,
            dataset_id=dataset.id,
            kind=Certificate.Kind.DATASET,
            outcome=Certificate.Outcome.COMPLETE,
            text="never written by us",
            key_id="k",
            signature=b"s",
            issued_at=NOW,
        )
    answer = lender.get(f"{company.path}/data/history/{dataset.id}/certificate")
    assert (answer.status, answer.body["statusCode"]) == (500, 500)
    assert "never written" not in answer.error


@pytest.mark.parametrize("body", ["{", "[]", '{"name": 5}', '{"tags": {}}', '"text"', "\x00"])
def test_a_body_that_does_not_fit_is_a_400_that_says_why(lender: Api, body: str) -> None:
    answer = lender.call("POST", "/companies", body)
    assert answer.status == 400
    assert answer.body["validation"]["errors"][0]["message"]


def test_every_reply_tells_the_allowance(lender: Api) -> None:
    first = lender.get("/companies").response.headers
    second = lender.get(f"/companies/{uuid.uuid4()}").response.headers
    assert int(first["X-Rate-Limit-Limit"]) == int(second["X-Rate-Limit-Limit"]) > 0
    left = [int(headers["X-Rate-Limit-Remaining"]) for headers in (first, second)]
    assert left[0] - left[1] == 1
    assert first["X-Rate-Limit-Reset"].endswith("T00:00:00Z")


def test_a_spent_allowance_is_a_429_that_says_when(lender: Api, settings: Settings) -> None:
    settings.API_REQUESTS_PER_COMPANY = 2
    assert [lender.get("/companies").status for _ in range(3)] == [200, 200, 429]
    answer = lender.get("/companies")
    assert 0 < int(answer.response.headers["Retry-After"]) <= 24 * 60 * 60
    assert answer.response.headers["X-Rate-Limit-Remaining"] == "0"
    assert answer.body["canBeRetried"] == "True"


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1.5", "٣", "99999999999"])
def test_a_page_is_a_whole_number_from_one(lender: Api, page: str) -> None:
    assert lender.get(f"/companies?page={page}").status == 400


def test_a_page_size_has_a_maximum(lender: Api) -> None:
    assert lender.get("/companies?pageSize=5000").status == 200
    assert lender.get("/companies?pageSize=5001").status == 400


def test_pages_link_to_their_neighbours(lender: Api) -> None:
    for number in range(5):
        lender.post("/companies", {"name": f"Shop {number}"})
    body = lender.get("/companies?page=2&pageSize=2&query=name~shop&orderBy=-name").body
    assert (body["pageNumber"], body["pageSize"], body["totalResults"]) == (2, 2, 5)
    assert [one["name"] for one in body["results"]] == ["Shop 2", "Shop 1"]
    tail = "&query=name~shop&orderBy=-name"
    assert body["_links"] == {
        "self": {"href": "/companies"},
        "current": {"href": f"/companies?page=2&pageSize=2{tail}"},
        "next": {"href": f"/companies?page=3&pageSize=2{tail}"},
        "previous": {"href": f"/companies?page=1&pageSize=2{tail}"},
    }
    last = lender.get("/companies?page=3&pageSize=2").body
    assert len(last["results"]) == 1 and "next" not in last["_links"]
    beyond = lender.get("/companies?page=9&pageSize=2").body
    assert beyond["results"] == [] and beyond["totalResults"] == 5


def test_a_query_that_does_not_fit_points_at_the_character(lender: Api) -> None:
    answer = lender.get("/companies?query=name=a %26%26 colour=red")
    assert answer.status == 400
    assert "'colour'" in answer.error and "character 11" in answer.error


def test_a_database_that_is_away_is_a_503_that_says_when_to_try_again(lender: Api) -> None:
    def away(*_statement: object) -> None:
        raise OperationalError("the connection is closed")

    with connection.execute_wrapper(away):
        answer = lender.get("/companies")
    assert (answer.status, answer.body["canBeRetried"]) == (503, "True")
    assert int(answer.response.headers["Retry-After"]) > 0


def test_odd_characters_are_refused_and_not_found(lender: Api) -> None:
    assert lender.call("POST", "/companies", '{"name": "A\\u0000B"}').status == 400
    assert lender.call("POST", "/companies", '{"name": "A\\\\u0000B"}').status == 200
    assert lender.call("POST", "/companies", '{"name": "A\\ud800"}').status == 400
    assert lender.call("POST", "/companies", "[" * 100_000).status == 400
    assert lender.get("/integrations/a%00b").status == 404
    assert lender.get("/integrations?page=%00").status == 400
    assert lender.get("/not%0Athere").body["statusCode"] == 404
