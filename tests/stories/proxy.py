"""A source between the bridge and the books: it forwards, counts, and lies on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

TIMEOUT_SECONDS = 120
# What belongs to one connection between two machines and is not passed on.
HOP_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)


@dataclass
class Answer:
    """What the books answered, for a lie to change; `document` is the body if it is JSON."""

    status: int
    headers: dict[str, str]
    body: bytes
    document: Any = None


# A lie takes the path with its query and the answer, and returns the answer to give.
Lie = Callable[[str, Answer], Answer]


@dataclass
class Proxy:
    """A running source at `url`; `requests` are the API paths asked for, in order."""

    url: str
    upstream: str
    lie: Lie | None = None
    requests: list[str] = field(default_factory=list)
    pause: Callable[[str], None] | None = None

    def api_requests(self, part: str = "") -> list[str]:
        return [path for path in self.requests if "/api/v1/" in path and part in path]


@contextmanager
def proxy_to(upstream: str) -> Iterator[Proxy]:
    """A proxy on a free loopback port in front of `upstream`."""
    found: Proxy

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # One write for headers and body, else delayed acknowledgements stall every page.
        wbufsize = -1

        def handle_any(self) -> None:
            found.requests.append(self.path)
            if found.pause is not None:
                found.pause(self.path)
            answer = _forward(self, found)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name == "set-cookie":
                    for cookie in value.split("\n"):
                        self.send_header("set-cookie", cookie)
                else:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.wfile.flush()

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Proxy(f"http://127.0.0.1:{server.server_port}", upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _forward(handler: BaseHTTPRequestHandler, proxy: Proxy) -> Answer:
    length = int(handler.headers.get("content-length") or 0)
    body = handler.rfile.read(length) if length else b""
    headers = {
        name: value for name, value in handler.headers.items() if name.lower() != "connection"
    }
    with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
        reply = http.request(
            handler.command, proxy.upstream + handler.path, content=body, headers=headers
        )
    answer = Answer(reply.status_code, _headers(reply), reply.content)
    if proxy.lie is None:
        return answer
    if "json" in reply.headers.get("content-type", "") and reply.content:
        answer.document = json.loads(reply.content)
    answer = proxy.lie(handler.path, answer)
    if answer.document is not None:
        answer.body = json.dumps(answer.document).encode()
    return answer


def _headers(reply: httpx.Response) -> dict[str, str]:
    kept = {
        name: value
        for name, value in reply.headers.items()
        if name.lower() not in HOP_HEADERS and name.lower() != "set-cookie"
    }
    cookies = reply.headers.get_list("set-cookie")
    if cookies:
        kept["set-cookie"] = "\n".join(cookies)
    return kept


def path_of(path: str) -> str:
    """A request's path without its query."""
    return urlsplit(path).path
