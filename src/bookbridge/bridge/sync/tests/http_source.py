"""A source behind real HTTP: the worked example, tokens that lapse, and trouble on order."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx

from bookbridge.bridge.connectors.pandle.tests.source import Source, payload

Trouble = Callable[[httpx.Request], httpx.Response | None]


@dataclass
class HttpSource:
    """One running server. `trouble` may answer in the records' stead."""

    records: Source = field(default_factory=Source)
    trouble: Trouble | None = None
    # Down for everybody, with these headers; and what `/status.json` says, if it is there.
    is_down: bool = False
    down_headers: dict[str, str] = field(default_factory=dict)
    page: dict[str, object] | None = None
    turned_away: int = 0
    # What a refused refresh is answered, with what was sent.
    token_says: str = ""
    seen: list[str] = field(default_factory=list)
    access_token: str = "access-1"
    refresh_token: str = "refresh-1"
    refreshes: int = 0
    is_revoked: bool = False
    expires_in: int = 7200
    token_delay_seconds: float = 0.0
    delay_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 22  # head and body leave together

            def do_GET(self) -> None:
                self._reply(outer.answer(self._request(b"")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._reply(outer.token(self._request(body)))

            def _request(self, body: bytes) -> httpx.Request:
                url = f"{outer.url}{self.path}"
                return httpx.Request(self.command, url, headers=dict(self.headers), content=body)

            def _reply(self, response: httpx.Response) -> None:
                body = response.read()
                self.send_response(response.status_code)
                for name, value in response.headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status.json" and self.page is not None:
            return httpx.Response(200, json=self.page)
        if self.is_down:
            self.turned_away += 1
            return httpx.Response(503, json={"errors": ["Closed"]}, headers=self.down_headers)
        if request.headers.get("authorization") != f"Bearer {self.access_token}":
            return httpx.Response(401, json={"errors": ["Unauthorised"]})
        with self.lock:
            self.seen.append(request.url.raw_path.decode())
        if self.delay_seconds:
            time.sleep(self.delay_seconds)
        troubled = self.trouble(request) if self.trouble else None
        return troubled or self.year_to_date(request) or self.records(request)

    def year_to_date(self, request: httpx.Request) -> httpx.Response | None:
        """The example has no money outside January: its year so far is that month."""
        if not request.url.path.endswith("/reports/profit_and_loss"):
            return None
        start, end = request.url.params["date_start"], request.url.params["date_end"]
        if start[:7] == end[:7] or not start <= "2026-01-01" <= end:
            return None
        return httpx.Response(200, json=payload("report_profit_and_loss.2026-01"))

    def token(self, request: httpx.Request) -> httpx.Response:
        form = {key: values[0] for key, values in parse_qs(request.content.decode()).items()}
        time.sleep(self.token_delay_seconds)
        with self.lock:
            if form.get("client_secret") != "secret":
                return httpx.Response(401, json={"error": "invalid_client"})
            if form["grant_type"] == "authorization_code":
                if form["code"] != "good-code":
                    return httpx.Response(400, json={"error": "invalid_grant"})
            elif self.is_revoked or form["refresh_token"] != self.refresh_token:
                said = {"error_description": self.token_says.format(**form)}
                return httpx.Response(400, json={"error": "invalid_grant", **said})
            else:
                self.refreshes += 1
                self.access_token = f"access-{self.refreshes + 1}"
                self.refresh_token = f"refresh-{self.refreshes + 1}"
            body = {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_in": self.expires_in,
                "token_type": "Bearer",
            }
        return httpx.Response(200, content=json.dumps(body).encode())

    def asked(self, part: str) -> list[str]:
        """The paths asked for that contain this."""
        return [path for path in self.seen if part in path]
