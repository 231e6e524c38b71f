"""Receivers that behave oddly: none of them holds a worker up, or is believed too much."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bookbridge.bridge.webhooks import sending
from bookbridge.bridge.webhooks.sending import RESPONSE_CHARACTERS_KEPT, Answer, Outgoing, send_all

Script = Callable[[socket.socket, threading.Event], None]


@pytest.fixture(autouse=True)
def loopback_allowed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 1.0)


@contextmanager
def socket_server(script: Script, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that does to every connection what the script says, until the test is over."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not over.is_set():
            try:
                plain, _address = listener.accept()
            except OSError:
                return
            with suppress(OSError), plain:
                secured = plain if context is None else context.wrap_socket(plain, server_side=True)
                with secured:
                    script(secured, over)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def post_to(port: int, scheme: str = "http") -> Answer:
    (answer,) = send_all([Outgoing(f"{scheme}://127.0.0.1:{port}/", {}, b"{}")])
    return answer


def test_a_receiver_that_says_nothing_fails_in_time() -> None:
    with socket_server(lambda peer, over: over.wait(30) and None) as port:
        answer = post_to(port)
    assert answer.status is None and "within" in answer.error


def test_a_receiver_that_says_its_headers_byte_by_byte_fails_in_time() -> None:
    def drip(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.1):
            peer.sendall(b"X: y\r\n")

    with socket_server(drip) as port:
        answer = post_to(port)
    assert answer.status is None and "within" in answer.error


def test_a_body_without_an_end_is_read_no_further_than_it_is_kept() -> None:
    def flood(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while not over.is_set():
            peer.sendall(b"a\0" * 50_000)

    with socket_server(flood) as port:
        answer = post_to(port)
    assert answer.is_success and answer.error == ""
    assert len(answer.text) == RESPONSE_CHARACTERS_KEPT and "\0" not in answer.text


def test_headers_without_an_end_are_refused() -> None:
    def flood(peer: socket.socket, over: threading.Event) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while not over.is_set():
            peer.sendall(b"X-Long: " + b"a" * 50_000 + b"\r\n")

    with socket_server(flood) as port:
        answer = post_to(port)
    assert answer.status is None and answer.error


def test_a_receiver_that_hangs_up_before_it_answers_has_failed() -> None:
    with socket_server(lambda peer, over: peer.recv(65536) and None) as port:
        answer = post_to(port)
    assert answer.status is None and answer.error


def test_a_receiver_that_hangs_up_in_mid_body_has_answered() -> None:
    def half(peer: socket.socket, over: threading.Event) -> None:
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhalf")

    with socket_server(half) as port:
        answer = post_to(port)
    assert answer.status == 202 and answer.is_success
    assert answer.text == "half"


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 100]
)
def test_what_is_no_http_has_failed(said: bytes) -> None:
    def speak(peer: socket.socket, over: threading.Event) -> None:
        peer.recv(65536)
        peer.sendall(said)

    with socket_server(speak) as port:
        answer = post_to(port)
    assert answer.status is None and answer.error


def test_nobody_listening_is_a_failure_with_its_reason() -> None:
    with socket_server(lambda peer, over: None) as port:
        pass
    answer = post_to(port)
    assert answer.status is None and answer.error


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    got: list[bytes] = []
    with socket_server(lambda peer, over: got.append(peer.recv(65536)), context) as port:
        answer = post_to(port, "https")
    assert answer.status is None and "certificate" in answer.error.lower()
    assert got == []


def test_one_slow_receiver_does_not_hold_up_what_is_sent_beside_it() -> None:
    def prompt(peer: socket.socket, over: threading.Event) -> None:
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with (
        socket_server(lambda peer, over: over.wait(30) and None) as slow,
        socket_server(prompt) as quick,
    ):
        urls = [f"http://127.0.0.1:{port}/" for port in (slow, quick)]
        late, good = send_all([Outgoing(url, {}, b"{}") for url in urls])
    assert good.is_success and not late.is_success
    assert good.duration < late.duration


def self_signed(folder: Path) -> str:
    """A certificate for 127.0.0.1 that only itself has signed; the file holds its key as well."""
    import datetime as dt
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "self.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(file)
