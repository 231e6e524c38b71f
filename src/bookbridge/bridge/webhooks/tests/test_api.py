"""Webhooks through the public API: the closed product's operations, and ours."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from bookbridge.bridge.api.authentication import company_token
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks.models import Consumer
from bookbridge.bridge.webhooks.tests.conftest import Post

pytestmark = [pytest.mark.database, pytest.mark.django_db]
EPOCH = "2020-01-01T00:00:00Z"


@pytest.fixture
def consumer_id(lender: Api, post: Post) -> str:
    return str(lender.post("/webhooks", {"url": post.receiver.url}).body["id"])


def deliver(post: Post, consumer_id: str) -> None:
    post.publish()
    with client_scope(post.client_id):
        consumer = Consumer.objects.get(id=consumer_id)
    post.now = max(post.now, dt.datetime.now(dt.UTC))
    post.deliver_all(consumer)


def test_a_consumer_is_made_listed_and_deleted_as_documented(lender: Api, post: Post) -> None:
    made = lender.post(
        "/webhooks",
        {
            "url": "https://example.com/hook",
            "eventTypes": ["read.completed", "invoices.write.successful"],
            "companyTags": ["region:north"],
        },
    )
    assert made.status == 201
    assert made.body["disabled"] is False
    assert made.body["eventTypes"] == ["read.completed", "invoices.write.successful"]
    assert lender.get("/webhooks").body["results"] == [made.body]
    assert lender.call("DELETE", f"/webhooks/{made.body['id']}").status == 204
    assert lender.get("/webhooks").body == {"results": []}
    assert lender.call("DELETE", f"/webhooks/{made.body['id']}").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": ""},
        {"url": "ftp://example.com"},
        {"url": "https://"},
        {"url": "https://[::1"},
        {"url": "https://user:pass@example.com/"},
        {"url": "https://example.com/#part"},
        {"url": "https://example.com/a b"},
        {"url": "https://example.com:99999/"},
        {"url": "https://example.com/" + "a" * 2000},
        {"url": "https://example.com", "eventTypes": ["no.such.type"]},
        {"url": "https://example.com", "companyTags": ["no-colon"]},
        {"url": "https://example.com", "companyTags": ["a:\u0007"]},
        {"url": "https://example.com", "companyTags": [f"tag:{n}" for n in range(11)]},
        {"url": "https://example.com", "headers": {"Webhook-Id": "mine"}},
        {"url": "https://example.com", "headers": {"Host": "other.example"}},
        {"url": "https://example.com", "headers": {"X-A": "one\r\nX-B: two"}},
        {"url": "https://example.com", "headers": {"X A": "one"}},
        {"url": "https://example.com", "headers": {"X-A": "1", "x-a": "2"}},
        {"url": "https://example.com", "messagesPerSecond": 0},
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    lender: Api, post: Post, body: dict[str, Any]
) -> None:
    answer = lender.post("/webhooks", body)
    assert answer.status == 400 and answer.error.endswith(".")


def test_a_client_has_at_most_fifty_consumers(lender: Api, post: Post) -> None:
    for number in range(50):
        made = lender.post("/webhooks", {"url": f"https://example.com/{number}"})
        assert made.status == 201, made.body
    refused = lender.post("/webhooks", {"url": "https://example.com/one-more"})
    assert refused.status == 400 and "50" in refused.error


def test_addresses_inside_our_own_network_are_refused(
    lender: Api, post: Post, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    for host in ("localhost", "127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.8", "0x7f.1"):
        answer = lender.post("/webhooks", {"url": f"https://{host}/hook"})
        assert answer.status == 400, host
        assert "public internet" in answer.error
    assert lender.post("/webhooks", {"url": post.receiver.url}).error.startswith("The URL must")


def test_an_address_that_was_allowed_is_checked_again_at_each_delivery(
    lender: Api, post: Post, settings: Any
) -> None:
    url = post.receiver.url.replace("http:", "https:")
    made = lender.post("/webhooks", {"url": url}).body["id"]
    settings.ALLOW_PRIVATE_HOSTS = False
    post.happen()
    deliver(post, made)
    (message,) = lender.get(f"/webhooks/{made}/messages").body["results"]
    tries = lender.get(f"/webhooks/{made}/messages/{message['id']}/attempts").body["results"]
    assert "public internet" in tries[0]["error"]
    assert post.receiver.received == []


def test_what_is_sent_changes_with_the_consumer(lender: Api, consumer_id: str, post: Post) -> None:
    path = f"/webhooks/{consumer_id}"
    changed = lender.call(
        "PATCH",
        path,
        {"eventTypes": ["company.created"], "headers": {"X-Key": "k"}, "messagesPerSecond": 7},
    )
    assert changed.status == 200
    assert changed.body["headerNames"] == ["X-Key"] and changed.body["messagesPerSecond"] == 7
    assert changed.body["url"] == post.receiver.url
    assert lender.get(path).body == changed.body
    assert lender.call("PATCH", path, {"url": "nonsense"}).status == 400
    cleared = lender.call("PATCH", path, {"headers": None, "messagesPerSecond": None})
    assert cleared.body["headerNames"] == [] and cleared.body["messagesPerSecond"] is None


def test_a_disabled_consumer_is_sent_nothing_and_says_who_disabled_it(
    lender: Api, consumer_id: str, post: Post
) -> None:
    path = f"/webhooks/{consumer_id}"
    post.happen()
    post.publish()
    disabled = lender.call("PATCH", path, {"disabled": True})
    assert disabled.body["disabled"] and "API: tests" in disabled.body["disabledReason"]
    deliver(post, consumer_id)
    assert post.receiver.received == []
    assert lender.get(f"{path}/messages?status=Failure").body["totalResults"] == 1
    for action in ("test", "replayMissed", "replayFailed"):
        assert lender.post(f"{path}/{action}", {"since": EPOCH}).status == 409
    enabled = lender.call("PATCH", path, {"disabled": False}).body
    assert not enabled["disabled"] and enabled["disabledReason"] is None


def test_the_secret_is_told_and_rotated(lender: Api, consumer_id: str, post: Post) -> None:
    path = f"/webhooks/{consumer_id}/secret"
    before = lender.get(path).body
    assert before["secret"].startswith("whsec_") and before["previousSecretUntil"] is None
    after = lender.post(f"{path}/rotate").body
    assert after["secret"] != before["secret"] and after["previousSecretUntil"]
    post.happen()
    deliver(post, consumer_id)
    (got,) = post.receiver.received
    assert got.verified(before["secret"]) == got.verified(after["secret"])
    at_once = lender.post(f"{path}/rotate", {"overlapHours": 0}).body
    assert at_once["previousSecretUntil"] is None
    assert lender.post(f"{path}/rotate", {"overlapHours": 24 * 8}).status == 400


def test_messages_and_their_tries_can_be_looked_at(
    lender: Api, consumer_id: str, post: Post
) -> None:
    path = f"/webhooks/{consumer_id}/messages"
    event_id = post.happen(a=1)
    post.receiver.answer(500, 200)
    deliver(post, consumer_id)
    (waiting,) = lender.get(f"{path}?status=Attempting").body["results"]
    assert waiting["eventId"] == str(event_id) and waiting["nextAttemptDate"]
    post.now += dt.timedelta(seconds=10)
    deliver(post, consumer_id)
    page = lender.get(path).body
    assert page["totalResults"] == 1 and page["results"][0]["status"] == "Success"
    whole = lender.get(f"{path}/{waiting['id']}").body
    assert whole["body"].encode() == post.receiver.received[0].body
    tries = lender.get(f"{path}/{waiting['id']}/attempts").body["results"]
    assert [(one["outcome"], one["statusCode"]) for one in tries] == [
        ("Success", 200),
        ("Failure", 500),
    ]
    assert lender.get(f"{path}?status=Odd").status == 400
    assert lender.get(f"{path}/{uuid4()}").status == 404


def test_one_message_is_sent_again_with_its_old_id(
    lender: Api, consumer_id: str, post: Post
) -> None:
    post.happen()
    deliver(post, consumer_id)
    (message,) = lender.get(f"/webhooks/{consumer_id}/messages").body["results"]
    again = lender.post(f"/webhooks/{consumer_id}/messages/{message['id']}/replay")
    assert again.status == 202 and again.body["status"] == "Sending"
    deliver(post, consumer_id)
    first, second = post.receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_what_failed_is_sent_again_on_request(lender: Api, consumer_id: str, post: Post) -> None:
    post.receiver.answer(410)
    post.happen()
    deliver(post, consumer_id)
    lender.call("PATCH", f"/webhooks/{consumer_id}", {"disabled": False})
    assert lender.post(f"/webhooks/{consumer_id}/replayFailed", {}).status == 400
    future = {"since": "2090-01-01T00:00:00"}
    assert lender.post(f"/webhooks/{consumer_id}/replayFailed", future).body["queued"] == 0
    answer = lender.post(f"/webhooks/{consumer_id}/replayFailed", {"since": EPOCH})
    assert (answer.status, answer.body) == (202, {"queued": 1, "isAll": True})
    deliver(post, consumer_id)
    assert lender.get(f"/webhooks/{consumer_id}/messages?status=Success").body["totalResults"] == 1


def test_what_happened_before_a_consumer_was_made_can_be_asked_for(lender: Api, post: Post) -> None:
    missed = [str(post.happen("company.created", number=number)) for number in range(3)]
    post.happen("company.deleted")
    post.publish()
    body = {"url": post.receiver.url, "eventTypes": ["company.created"]}
    made = lender.post("/webhooks", body).body["id"]
    for queued in (3, 0):
        answer = lender.post(f"/webhooks/{made}/replayMissed", {"since": EPOCH})
        assert answer.body == {"queued": queued, "isAll": True}
    deliver(post, made)
    assert sorted(one.headers["webhook-id"] for one in post.receiver.received) == sorted(missed)


def test_an_invented_event_goes_to_one_consumer_only(
    lender: Api, consumer_id: str, post: Post
) -> None:
    other = lender.post("/webhooks", {"url": post.receiver.url}).body["id"]
    for event_type in ("connection.connected", "invoices.write.unsuccessful"):
        answer = lender.post(f"/webhooks/{consumer_id}/test", {"eventType": event_type})
        assert answer.status == 202 and answer.body["eventType"] == event_type
    deliver(post, consumer_id)
    deliver(post, other)
    assert len(post.receiver.received) == 2
    assert lender.get(f"/webhooks/{other}/messages").body["totalResults"] == 0
    assert lender.post(f"/webhooks/{other}/replayMissed", {"since": EPOCH}).body["queued"] == 0
    refused = lender.post(f"/webhooks/{consumer_id}/test", {"eventType": "DataSyncCompleted"})
    assert refused.status == 400


def test_another_client_sees_and_changes_nothing(
    lender: Api, stranger: Api, consumer_id: str, post: Post
) -> None:
    path = f"/webhooks/{consumer_id}"
    assert stranger.get("/webhooks").body == {"results": []}
    for method, end, body in (
        ("GET", "", None),
        ("PATCH", "", {"disabled": True}),
        ("DELETE", "", None),
        ("GET", "/secret", None),
        ("POST", "/secret/rotate", {}),
        ("GET", "/messages", None),
        ("POST", "/test", {}),
        ("POST", "/replayFailed", {"since": EPOCH}),
        ("POST", "/replayMissed", {"since": EPOCH}),
    ):
        assert stranger.call(method, f"{path}{end}", body).status == 404, (method, end)
    assert lender.get(path).status == 200


def test_a_token_for_one_company_opens_no_webhooks(lender: Api, consumer_id: str) -> None:
    token = {"Authorization": f"Bearer {company_token(lender.client_id, uuid4())}"}
    for path in ("/webhooks", f"/webhooks/{consumer_id}", f"/webhooks/{consumer_id}/secret"):
        assert lender.get(path, **token).status == 403


def test_the_wrong_method_is_refused(lender: Api, consumer_id: str) -> None:
    assert lender.call("PUT", "/webhooks", {}).status == 405
    assert lender.get(f"/webhooks/{consumer_id}/test").status == 405
