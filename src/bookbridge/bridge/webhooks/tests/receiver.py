"""A receiver of webhooks on loopback: real HTTP, and any behaviour that a test asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from svix.webhooks import Webhook

Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:
        """The event, once the official library has found the signature to be right."""
        Webhook(secret).verify(self.body, self.headers)
        return json.loads(self.body)


@dataclass
class Receiver:
    """What came in so far, and how the next requests are answered (200 when nothing is said)."""

    url: str
    received: list[Received] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, seconds: float = 60) -> list[Received]:
        with self.arrived:
            has_come = self.arrived.wait_for(lambda: len(self.received) >= count, seconds)
        assert has_come, f"{len(self.received)} of {count} came: {self.received}"
        return list(self.received)

    def answer(self, *statuses: int, **headers: str) -> None:
        """Answer the next requests so, in this order."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.behaviours += [_status(status, named) for status in statuses]


class Handler(BaseHTTPRequestHandler):
    """Notes the request, then behaves as told."""

    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.receiver.arrived:
            self.receiver.received.append(Received(self.path, headers, body))
            behaviour = self.receiver.behaviours.pop(0) if self.receiver.behaviours else None
            self.receiver.arrived.notify_all()
        (behaviour or _status(200, {}))(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _status(status: int, headers: dict[str, str]) -> Behaviour:
    def behave(handler: Handler) -> None:
        body = f"answer {status}".encode() if status != 204 else b""
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    class Own(Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    Own.receiver = receiver
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
