"""Browsers: which pages may call, what a preflight is told, what the answers carry."""

import pytest

from bookbridge.bridge.api.tests.cast import Api

PAGE = "https://app.example"


@pytest.fixture
def allowed(lender: Api) -> Api:
    lender.post("/corsSettings", {"allowedOrigins": [PAGE + "/", "http://localhost:3000"]})
    return lender


def preflight(api: Api, path: str, origin: str) -> dict[str, str]:
    answer = api.call(
        "OPTIONS",
        path,
        Authorization="",
        Origin=origin,
        **{"Access-Control-Request-Method": "GET"},
    )
    assert answer.status == 204
    return dict(answer.response.headers)


def test_origins_are_kept_as_browsers_write_them(allowed: Api) -> None:
    assert allowed.get("/corsSettings").body == {"allowedOrigins": [PAGE, "http://localhost:3000"]}
    older = allowed.get("/connectionManagement/corsSettings").body
    assert older == {"allowedOrigins": [PAGE, "http://localhost:3000"]}


def test_the_older_address_sets_them_too(lender: Api) -> None:
    path = "/connectionManagement/corsSettings"
    assert lender.post(path, {"allowedOrigins": [PAGE]}).body == {"allowedOrigins": [PAGE]}
    assert lender.get("/corsSettings").body == {"allowedOrigins": [PAGE]}


@pytest.mark.parametrize(
    "origin",
    ["app.example", "https://", "https://app.example/page", "ftp://app.example", "*", "null",
     "https://user@app.example", "https://app.example:x", "https://app.example?x", ""],
)  # fmt: skip
def test_what_is_no_origin_is_refused(lender: Api, origin: str) -> None:
    assert lender.post("/corsSettings", {"allowedOrigins": [origin]}).status == 400


def test_a_preflight_of_an_allowed_page_is_told_what_it_may(allowed: Api) -> None:
    told = preflight(allowed, "/companies", PAGE)
    assert told["Access-Control-Allow-Origin"] == PAGE
    assert told["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Authorization" in told["Access-Control-Allow-Headers"]
    assert int(told["Access-Control-Max-Age"]) > 0
    assert "Origin" in told["Vary"]


def test_a_preflight_of_another_page_is_told_nothing(allowed: Api) -> None:
    told = preflight(allowed, "/companies", "https://evil.example")
    assert not [name for name in told if name.startswith("Access-Control")]


def test_a_company_is_asked_for_its_own_clients_origins(allowed: Api, stranger: Api) -> None:
    mine = allowed.post("/companies", {"name": "Acme"}).body["id"]
    theirs = stranger.post("/companies", {"name": "Birch"}).body["id"]
    assert "Access-Control-Allow-Origin" in preflight(allowed, f"/companies/{mine}", PAGE)
    assert "Access-Control-Allow-Origin" not in preflight(allowed, f"/companies/{theirs}", PAGE)


def test_answers_to_an_allowed_page_may_be_read_by_it(allowed: Api) -> None:
    company = allowed.post("/companies", {"name": "Acme"}).body["id"]
    token = allowed.get(f"/companies/{company}/accessToken").body["accessToken"]
    for answer in (
        allowed.get("/companies", Origin=PAGE),
        allowed.get(f"/companies/{company}", Origin=PAGE, Authorization=f"Bearer {token}"),
        allowed.get("/nothing", Origin=PAGE),
        allowed.get("/companies", Origin=PAGE, Authorization=""),
    ):
        assert answer.response.headers["Access-Control-Allow-Origin"] == PAGE
        assert "X-Rate-Limit-Remaining" in answer.response.headers["Access-Control-Expose-Headers"]


def test_answers_to_other_pages_may_not(allowed: Api, stranger: Api) -> None:
    for answer in (
        allowed.get("/companies", Origin="https://evil.example"),
        allowed.get("/companies", Origin="null"),
        stranger.get("/companies", Origin=PAGE),
        allowed.get("/companies"),
    ):
        assert "Access-Control-Allow-Origin" not in answer.response.headers


def test_no_cookie_is_asked_of_browsers(allowed: Api) -> None:
    answer = allowed.get("/companies", Origin=PAGE)
    assert "Access-Control-Allow-Credentials" not in answer.response.headers


def test_options_without_a_question_is_a_405(lender: Api) -> None:
    assert lender.call("OPTIONS", "/companies").status == 405
