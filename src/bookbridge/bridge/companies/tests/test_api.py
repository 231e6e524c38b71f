"""Companies in the public API."""

import json
import uuid

from django.utils import timezone

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.api.tokens import OLD_PATH_ENDS
from bookbridge.bridge.webhooks.models import Event


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
    assert (patched["name"], "description" in patched) == ("Acme Ltd", False)
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


def test_products_are_added_and_removed_and_told_of(lender: Api) -> None:
    company = lender.post("/companies", {"name": "Acme"}).body["id"]
    path = f"/companies/{company}/products"
    for _twice in range(2):
        assert lender.call("PUT", f"{path}/lending").status == 204
    lender.call("PUT", f"{path}/payables")
    assert lender.get(f"/companies/{company}").body["products"] == ["lending", "payables"]
    assert lender.call("DELETE", f"{path}/lending").status == 204
    assert lender.call("DELETE", f"{path}/lending").status == 404
    assert lender.get(f"/companies/{company}").body["products"] == ["payables"]
    with client_scope(lender.client_id):
        events = Event.objects.filter(event_type__startswith="company.product.")
        told = [
            (one.event_type, json.loads(one.body)["payload"])
            for one in events.order_by("occurred_at")
        ]
    assert [(kind, payload["productId"], payload["products"]) for kind, payload in told] == [
        ("company.product.added", "lending", ["lending"]),
        ("company.product.added", "payables", ["lending", "payables"]),
        ("company.product.removed", "lending", ["payables"]),
    ]


def test_a_product_of_no_name_is_refused(lender: Api, stranger: Api) -> None:
    company = lender.post("/companies", {"name": "Acme"}).body["id"]
    assert lender.call("PUT", f"/companies/{company}/products/a%20b").status == 400
    assert lender.call("PUT", f"/companies/{company}/products/{'x' * 65}").status == 400
    assert stranger.call("PUT", f"/companies/{company}/products/lending").status == 404


def test_a_product_is_refreshed_unless_something_is_read(lender: Api) -> None:
    acme = linked_company(lender)
    path = f"{acme.path}/products/lending"
    assert lender.post(f"{path}/refresh").status == 404
    lender.call("PUT", path)
    wrong = lender.post(f"{path}/refresh", {"dataTypes": ["invoices", "colours"]})
    assert wrong.status == 400 and "colours" in wrong.error and "invoices" in wrong.error
    assert lender.post(f"{path}/refresh", {"dataTypes": ["invoices"]}).status == 202
    history = lender.get(f"{acme.path}/data/history").body["results"]
    assert [one["dataType"] for one in history] == ["invoices"]
    busy = lender.post(f"{path}/refresh")
    assert busy.status == 400 and "being read" in busy.error


def test_a_company_belongs_to_another(lender: Api, stranger: Api) -> None:
    group = lender.post("/companies", {"name": "Group", "tags": {"kind": "group"}}).body["id"]
    shop = lender.post("/companies", {"name": "Shop", "referenceParentCompany": {"id": group}}).body
    assert shop["referenceParentCompany"]["name"] == "Group"
    assert shop["referenceParentCompany"]["tags"] == {"kind": "group"}
    below = lender.get(f"/companies/{group}").body["referenceSubsidiaryCompanies"]
    assert [one["id"] for one in below] == [shop["id"]]
    listed = {one["name"]: one for one in lender.get("/companies").body["results"]}
    assert listed["Shop"]["referenceParentCompany"]["id"] == group
    circle = {"referenceParentCompany": {"id": shop["id"]}}
    assert lender.call("PATCH", f"/companies/{group}", circle).status == 400
    foreign = stranger.post("/companies", {"name": "Foreign"}).body["id"]
    crossed = {"referenceParentCompany": {"id": foreign}}
    assert lender.call("PATCH", f"/companies/{shop['id']}", crossed).status == 404
    kept = lender.call("PUT", f"/companies/{shop['id']}", {"name": "Shop 2"}).body
    assert kept["referenceParentCompany"]["id"] == group
    freed = lender.call("PATCH", f"/companies/{shop['id']}", {"referenceParentCompany": None})
    assert freed.body["referenceParentCompany"] is None
    lender.call("PATCH", f"/companies/{shop['id']}", {"referenceParentCompany": {"id": group}})
    assert lender.call("DELETE", f"/companies/{group}").status == 204
    assert lender.get(f"/companies/{shop['id']}").body["referenceParentCompany"] is None


def test_tags_keep_to_the_published_lengths(lender: Api) -> None:
    longest = {"t" * 27: "v" * 100}
    assert lender.post("/companies", {"name": "A", "tags": longest}).body["tags"] == longest
    for tags in ({"t" * 28: "v"}, {"t": "v" * 101}, {"a\nb": "v"}):
        assert lender.post("/companies", {"name": "A", "tags": tags}).status == 400


def test_the_older_address_of_the_token_is_gone(lender: Api) -> None:
    company = lender.post("/companies", {"name": "Acme"}).body["id"]
    answer = lender.get(f"/companies/{company}/connectionManagement/accessToken")
    if timezone.now() < OLD_PATH_ENDS:
        assert list(answer.body) == ["accessToken"]
    else:
        assert answer.status == 404 and "accessToken" in answer.error
