"""A client's own affairs in the public API."""

from bookbridge.bridge.api.tests.cast import Api, basic


def test_keys_are_shown_once_and_counted(lender: Api, stranger: Api) -> None:
    made = lender.post("/apiKeys", {"name": "Reporting"})
    assert made.status == 201
    raw = made.body["apiKey"]
    assert lender.get("/companies", Authorization=basic(raw)).status == 200
    listed = lender.get("/apiKeys").body["results"]
    assert [one["name"] for one in listed] == ["tests", "Reporting"]
    assert raw not in str(listed)
    assert stranger.call("DELETE", f"/apiKeys/{made.body['id']}").status == 404


def test_a_client_has_at_most_ten_keys_and_at_least_one(lender: Api) -> None:
    for number in range(9):
        assert lender.post("/apiKeys", {"name": f"key {number}"}).status == 201
    assert lender.post("/apiKeys", {"name": "one too many"}).status == 409
    first, *rest = [one["id"] for one in lender.get("/apiKeys").body["results"]]
    for key in rest:
        assert lender.call("DELETE", f"/apiKeys/{key}").status == 204
    assert lender.call("DELETE", f"/apiKeys/{first}").status == 403
    assert lender.post("/apiKeys", {"name": "x" * 51}).status == 400


def test_the_profile_is_read_and_replaced(lender: Api) -> None:
    assert lender.get("/profile").body["name"] == "Lender Ltd"
    sent = {
        "name": "Lender plc",
        "redirectUrl": "https://lender.example/done",
        "whiteListUrls": ["https://lender.example"],
    }
    changed = lender.call("PUT", "/profile", sent)
    assert changed.status == 200
    assert sent.items() <= lender.get("/profile").body.items()
    assert lender.call("PUT", "/profile", {**sent, "redirectUrl": "javascript:x"}).status == 400
    assert lender.call("PUT", "/profile", {**sent, "name": " "}).status == 400


def test_origins_that_may_call_are_kept(lender: Api) -> None:
    sent = {"allowedOrigins": ["https://app.lender.example"]}
    assert lender.post("/corsSettings", sent).body == sent
    assert lender.get("/corsSettings").body == sent


def test_the_key_for_zapier_opens_the_api_until_the_next_is_made(lender: Api) -> None:
    path = "/webhooks/integrationKeys/zapier"
    first, second = (lender.post(path) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    old, new = (basic(one.body["key"]) for one in (first, second))
    assert lender.get("/companies", Authorization=old).status == 401
    assert lender.get("/companies", Authorization=new).status == 200
    assert lender.get("/apiKeys").body["results"][0]["name"] == "tests"
