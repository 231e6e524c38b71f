"""What only a real web server shows: header names on the wire, and a long list as a stream."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import httpx
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.utils import timezone

from bookbridge.books.conftest import PASSWORD, actor_of, person
from bookbridge.books.contacts.operations import add_customers
from bookbridge.books.organisations.models import Organisation
from bookbridge.kit.testing import LiveHalf

CUSTOMERS = 1234


def test_sign_in_headers_are_lower_case_on_the_wire_and_everything_streams(
    half_server: LiveHalf, committed_books: Organisation
) -> None:
    olive = person("Olive")
    # The test's own quick hasher is not the server's.
    olive.password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
    olive.save()
    EmailAddress.objects.create(user=olive, email=olive.email, verified=True, primary=True)
    add_customers(
        organisation_id=committed_books.pk,
        customers=[{"name": f"Customer {n}"} for n in range(CUSTOMERS)],
        actor=actor_of(olive),
        at=timezone.now(),
    )
    wire = http.client.HTTPConnection(urlsplit(half_server.url).netloc, timeout=30)
    wire.request(
        "POST",
        "/api/v1/auth/sign_in",
        json.dumps({"email": olive.email, "password": PASSWORD}),
        {"Content-Type": "application/json"},
    )
    answer = wire.getresponse()
    assert answer.status == 200, answer.read()
    sent = dict(answer.getheaders())
    answer.read()
    wire.close()

    assert {"access-token", "client", "uid", "expiry"} <= set(sent)
    names = ("access-token", "client", "uid")
    with httpx.Client(base_url=f"{half_server.url}/api/v1", timeout=60) as caller:
        caller.headers.update({name: sent[name] for name in names})
        for _ in range(3):
            listed = caller.get(f"/companies/{committed_books.pk}/customers")
            assert len(listed.json()["data"]) == CUSTOMERS
        assert caller.get("/me").status_code == 200
