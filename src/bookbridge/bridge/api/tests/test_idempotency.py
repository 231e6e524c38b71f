"""A request that is sent again with its key is answered the same, and done once."""

import datetime as dt
import uuid

import pytest
from django.db import connections
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from bookbridge.bridge.api import idempotency
from bookbridge.bridge.api.models import KeptReply
from bookbridge.bridge.api.tasks import sweep
from bookbridge.bridge.api.tests.cast import Answer, Api, basic
from bookbridge.bridge.clients.tenancy import client_scope


def post(api: Api, path: str, body: object, key: str) -> Answer:
    return api.call("POST", path, body, **{"Idempotency-Key": key})


def test_a_repeated_post_makes_one_company(lender: Api) -> None:
    key = str(uuid.uuid4())
    first = post(lender, "/companies", {"name": "Acme"}, key)
    second = post(lender, "/companies", {"name": "Acme"}, key)
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body
    assert "Idempotency-Replayed" not in first.response.headers
    assert second.response.headers["Idempotency-Replayed"] == "true"
    assert lender.get("/companies").body["totalResults"] == 1


def test_the_same_key_with_another_body_is_a_422(lender: Api) -> None:
    key = str(uuid.uuid4())
    post(lender, "/companies", {"name": "Acme"}, key)
    assert post(lender, "/companies", {"name": "Birch"}, key).status == 422
    assert post(lender, "/apiKeys", {"name": "Acme"}, key).status == 422
    assert lender.get("/companies").body["totalResults"] == 1


def test_a_refusal_is_kept_as_well(lender: Api) -> None:
    key = str(uuid.uuid4())
    first = post(lender, "/companies", {"name": "***"}, key)
    second = post(lender, "/companies", {"name": "***"}, key)
    assert (first.status, second.status) == (400, 400)
    assert first.body["correlationId"] == second.body["correlationId"]


def test_a_429_is_not_kept(lender: Api, settings: Settings) -> None:
    key = str(uuid.uuid4())
    settings.API_REQUESTS_PER_COMPANY = 1
    lender.get("/companies")
    assert post(lender, "/companies", {"name": "Acme"}, key).status == 429
    settings.API_REQUESTS_PER_COMPANY = 1000
    assert post(lender, "/companies", {"name": "Acme"}, key).status == 200


def test_clients_do_not_share_keys(lender: Api, stranger: Api) -> None:
    key = str(uuid.uuid4())
    mine = post(lender, "/companies", {"name": "Acme"}, key)
    theirs = post(stranger, "/companies", {"name": "Acme"}, key)
    assert mine.body["id"] != theirs.body["id"]


def test_a_kept_secret_is_unreadable_in_the_database(lender: Api) -> None:
    raw = post(lender, "/apiKeys", {"name": "second"}, str(uuid.uuid4())).body["apiKey"]
    with client_scope(lender.client_id):
        (kept,) = KeptReply.objects.all()
    assert raw.encode() not in bytes(kept.body_ciphertext)


def test_replies_are_forgotten_after_ninety_minutes(lender: Api) -> None:
    key = str(uuid.uuid4())
    post(lender, "/companies", {"name": "Acme"}, key)
    with client_scope(lender.client_id):
        (kept,) = KeptReply.objects.all()
        kept_at = kept.kept_at
    sweep(at=kept_at + idempotency.KEPT_FOR - dt.timedelta(seconds=1))
    with client_scope(lender.client_id):
        assert KeptReply.objects.count() == 1
        KeptReply.objects.update(kept_at=kept_at - idempotency.KEPT_FOR)
    assert post(lender, "/companies", {"name": "Birch"}, key).status == 200
    sweep(at=kept_at + 2 * idempotency.KEPT_FOR)
    with client_scope(lender.client_id):
        assert KeptReply.objects.count() == 0


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_key_that_cannot_be_one_is_a_400(lender: Api, key: str) -> None:
    assert post(lender, "/companies", {"name": "Acme"}, key).status == 400


def test_keys_mean_nothing_to_other_methods(lender: Api) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    lender.post("/companies", {"name": "Acme"})
    assert lender.get("/companies", **key).body["totalResults"] == 1
    lender.post("/companies", {"name": "Birch"})
    assert lender.get("/companies", **key).body["totalResults"] == 2


def test_a_second_request_while_the_first_is_running_is_a_409(lender: Api) -> None:
    api = lender
    asked = idempotency.IdempotentRequest(
        client_id=api.client_id,
        key_hash=idempotency.hashed_key("a key"),
        request_hash=b"",
        at=dt.datetime.now(dt.UTC),
    )
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [asked.lock_number])
            running = Browser().post(
                "/api/companies",
                {"name": "Acme"},
                content_type="application/json",
                headers={"Authorization": basic(api.key), "Idempotency-Key": "a key"},
            )
            assert running.status_code == 409
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert post(api, "/companies", {"name": "Acme"}, "a key").status == 200
