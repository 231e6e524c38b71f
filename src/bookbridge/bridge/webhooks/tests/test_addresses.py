"""Events go to the public internet only, whatever a name says, and whenever it says it."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.webhooks.entering import ConsumerInvalidError
from bookbridge.bridge.webhooks.tests.conftest import Post
from bookbridge.kit.public_hosts import Pins, PrivateHostError, public_address

PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"
URL = "https://receiver.example/hook"


class Names:
    """What the world's name servers say, which can change at any time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addresses = [PUBLIC]
        self.asked = 0
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, *_arguments: Any, **_options: Any) -> list[Any]:
        self.asked += 1
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
            for address in self.addresses
        ]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.mark.database
@pytest.mark.django_db
def test_a_name_that_turns_private_after_it_was_entered_is_not_called(
    post: Post, names: Names, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    consumer = post.consumer(url=URL)
    post.happen()
    post.publish()
    names.addresses = ["169.254.169.254"]
    assert post.deliver(consumer).sent == 1
    (attempt,) = post.attempts(post.messages(consumer)[0])
    assert attempt.status_code is None
    assert "not on the public internet" in attempt.error


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("private", ["127.0.0.1", "::ffff:10.0.0.1", "224.0.0.1", "fe80::1%eth0"])
def test_one_private_address_among_public_ones_is_enough_to_refuse(
    lender: Api, post: Post, names: Names, settings: Any, private: str
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    names.addresses = [PUBLIC, private]
    with pytest.raises(ConsumerInvalidError) as refusal:
        post.consumer(url=URL)
    assert refusal.value.field == "url"


def test_the_address_that_was_checked_is_the_one_that_is_called(names: Names) -> None:
    pins = Pins()
    for _time in range(2):
        request = httpx.Request("POST", URL)
        pins.pin(request)
        # The name stays where it counts: in the header, and for the certificate.
        assert request.url.host == PUBLIC
        assert request.headers["Host"] == "receiver.example"
        assert request.extensions["sni_hostname"] == "receiver.example"
        names.addresses = [OTHER]
    assert names.asked == 1


def test_a_plain_request_is_never_pinned(names: Names) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        Pins().pin(httpx.Request("POST", "http://receiver.example/"))
    assert names.asked == 0


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..b"])
def test_a_name_without_an_address_is_refused_in_words(name: str) -> None:
    with pytest.raises(PrivateHostError, match="no address"):
        public_address(name, 443)
