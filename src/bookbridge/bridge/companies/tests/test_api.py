"""Companies in the public API."""

import uuid

from bookbridge.bridge.api.tests.cast import Api


def test_a_company_lives_through_its_whole_life(lender: Api) -> None:
    made = lender.post(
        "/companies", {"name": "Acme Ltd", "description": "A shop", "tags": {"region": "uk"}}
    )
    assert made.status == 200
    company = made.body
    assert company["name"] == "Acme Ltd"
    assert company["tags"] == {"region": "uk"}
    assert company["dataConnections"] == []
    assert company["redirect"].endswith(company["id"])
    assert company["created"].endswith("Z")
    path = f"/companies/{company['id']}"
    assert lender.get(path).body == company

    patched = lender.call("PATCH", path, {"description": None}).body
    assert (patched["name"], patched["description"]) == ("Acme Ltd", None)
    assert patched["tags"] == {"region": "uk"}

    put = lender.call("PUT", path, {"name": "Acme & Sons"}).body
    assert (put["name"], put["tags"]) == ("Acme & Sons", {})

    gone = lender.call("DELETE", path)
    assert (gone.status, gone.response.content) == (204, b"")
    assert lender.get(path).status == 404
    assert lender.call("DELETE", path).status == 404


def test_names_and_tags_are_checked(lender: Api) -> None:
    assert lender.post("/companies", {"name": "<b>Acme</b> %"}).body["name"] == "bAcmeb"
    assert lender.post("/companies", {"name": "***"}).status == 400
    assert lender.post("/companies", {"name": "A", "tags": {"a": 1}}).status == 400
    many = {f"tag{number}": "x" for number in range(11)}
    assert lender.post("/companies", {"name": "A", "tags": many}).status == 400


def test_companies_are_found_by_tag_and_by_query(lender: Api) -> None:
    lender.post("/companies", {"name": "North", "tags": {"region": "uk", "team": "x"}})
    lender.post("/companies", {"name": "South", "tags": {"region": "uk"}})
    lender.post("/companies", {"name": "West", "tags": {"region": "fr", "team": "x"}})

    def names(parameters: str) -> list[str]:
        body = lender.get(f"/companies?orderBy=name&{parameters}").body
        return [one["name"] for one in body["results"]]

    assert names("tags=region=uk") == ["North", "South"]
    assert names("tags=region=uk %26%26 team=x") == ["North"]
    assert names("tags=region=uk&query=name~th %26%26 name!=North") == ["South"]
    assert names("query=created>2020-01-01") == ["North", "South", "West"]
    assert names("query=created<2020-01-01") == []


def test_a_stranger_sees_and_changes_nothing(lender: Api, stranger: Api) -> None:
    company = lender.post("/companies", {"name": "Acme"}).body
    path = f"/companies/{company['id']}"
    assert stranger.get("/companies").body["totalResults"] == 0
    assert stranger.get(path).status == 404
    assert stranger.call("PUT", path, {"name": "Mine"}).status == 404
    assert stranger.call("PATCH", path, {"name": "Mine"}).status == 404
    assert stranger.call("DELETE", path).status == 404
    assert stranger.get(f"{path}/connections").status == 404
    assert stranger.get(f"{path}/accessToken").status == 404
    assert lender.get(path).body == company


def test_an_access_token_opens_its_own_company_only(lender: Api) -> None:
    one, other = (lender.post("/companies", {"name": name}).body["id"] for name in "AB")
    token = lender.get(f"/companies/{one}/accessToken").body
    assert (token["expiresIn"], token["tokenType"]) == (86400, "Bearer")
    header = f"Bearer {token['accessToken']}"
    assert lender.get(f"/companies/{one}", Authorization=header).status == 200
    assert lender.get(f"/companies/{other}", Authorization=header).status == 403
    assert lender.get("/companies", Authorization=header).status == 403
    assert lender.get("/apiKeys", Authorization=header).status == 403
    forged = header[:-3] + "abc"
    assert lender.get(f"/companies/{one}", Authorization=forged).status == 401
    assert lender.get(f"/companies/{uuid.uuid4()}/accessToken").status == 404
