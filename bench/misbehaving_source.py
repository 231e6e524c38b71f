"""A small bookkeeping platform that misbehaves on demand: one program for every tool under test.

    python bench/misbehaving_source.py --port 8899 --rows 20000 --token tok

Needs nothing but Python. It prints one line of JSON, `{"url": …}`, when it answers, and runs until
it is stopped. The same arguments give the same rows, always.

What a tool reads (`Authorization: Bearer TOKEN`; `--token` never lapses and opens company 1):

    GET /api/transactions?page[number]=1&page[size]=100      pages of a JSON:API list
    GET /api/transactions?page[after]=1042&page[size]=100    the same list by cursor
        &filter[modified-since]=2025-03-01T00:00:00Z         only what changed since (inclusive)
    GET /api/transactions/1042                               one row; 404 when it is gone
    GET /api/customers, /api/invoices, /api/companies        likewise

    {"data": [{"id", "type", "attributes", "relationships"}],
     "links": {"next": URL or null}, "meta": {"total-count": N}}

`amount` is a JSON number with exact digits, some of them more than a float can hold; `balance` is
the running total as a string; `memo` is text, "" or null; `value-date` is a date or null; groups of
rows share one `modified-at`, so that equal times lie on both sides of a page's end.

OAuth 2: /oauth/authorize agrees at once (the n-th consent opens the n-th company), /oauth/token
takes client id and secret by HTTP Basic or in the form. Refresh tokens are for one use. With
`--strict-tokens` a second use ends the grant; otherwise the answer is repeated until the new pair
has been used, as an answer may be lost on its way, and only a later use ends the grant.

What the referee does (no token; JSON bodies; company 1 unless `"company"` says otherwise):

    POST /control/delete  {"list": "transactions", "count": 10} or {"list", "ids": […]}
    POST /control/edit    {"list", "id", "attributes": {…}, "touch": false}  false: same modified-at
    POST /control/insert  {"list", "count": 1, "at": 0, "modified_at": null}  at: place in the list
    POST /control/faults  {"faults": [{"list", "kind", "page": 2, "times": 1, …}]}  replaces all
    POST /control/expire  {}                                  every access token lapses now
    POST /control/hold    {"held": true}                      the token endpoint keeps everybody
                                                              waiting, until it is told false
    GET  /control/rows?list=transactions[&company=1]          {"count", "sha256", "rows": […]}
    GET  /control/state                                       requests per path, uses of tokens
                                                              (refreshed, repeated, reused, …)
    POST /control/forget  {}                                  empties the list of requests

Kinds of faults: `status` ("status", "retry_after"), `empty` (200 without rows, links as usual),
`close` (hangs up without an answer), `slow` ("seconds"), `expire` (tokens lapse before this page),
`insert` and `delete` ("at", "count": the list changes just before this page is answered). `page`
counts the pages of a list from 1, whichever way they are asked for; 0 means every page; `times` 0
means always.

`sha256` is taken over the rows in the order of their ids: each one's exact JSON text and a newline.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

LISTS = ("customers", "invoices", "transactions")
FIRST_ID = 1001
PAGE_SIZE_MAX = 500
BODY_BYTES_MAX = 1 << 20
SHARED_TIME_ROWS = 7
START = dt.datetime(2025, 1, 1, 9, tzinfo=dt.UTC)
MEMOS = ("Card sale", "", None, "Żółw & Söhne £", "Rent", 'He said "no"')
# More digits than a binary float holds: whoever parses them as floats changes them.
LONG_AMOUNTS = ("90071992547409.93", "-12345678901234.57", "0.10", "1100.00")
Row = dict[str, Any]


class Exact(str):
    """A number as its digits stand: written to JSON without quotes."""


def json_text(value: Any) -> str:
    """JSON with exact numbers; the standard encoder would need floats."""
    if isinstance(value, Exact):
        return str(value)
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(key)}:{json_text(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    return json.dumps(value, ensure_ascii=False)


def stamp(number: int) -> str:
    """The time of the n-th row: groups of rows share one."""
    at = START + dt.timedelta(minutes=number // SHARED_TIME_ROWS)
    return at.isoformat().replace("+00:00", "Z")


def money(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


@dataclass
class Company:
    """One business's books; rows are made from the seed and then change by order."""

    number: int
    counts: dict[str, int]
    seed: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    next_id: int = FIRST_ID

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed * 1_000_003 + self.number)
        self.running = 0
        for name in LISTS:
            self.rows[name] = [self.make(name, place) for place in range(self.counts[name])]

    def make(self, name: str, place: int, modified_at: str | None = None) -> Row:
        row_id, self.next_id = str(self.next_id), self.next_id + 1
        made = getattr(self, f"_{name[:-1]}")(place)
        made["modified-at"] = modified_at or stamp(place)
        return {"id": row_id, "type": name, "attributes": made, "relationships": self._owner(name)}

    def _owner(self, name: str) -> Row:
        if name == "customers" or not self.rows.get("customers"):
            return {}
        customer = self.random.choice(self.rows["customers"])
        return {"customer": {"data": {"id": customer["id"], "type": "customers"}}}

    def _customer(self, place: int) -> Row:
        email = f"buyer{place}@customer.example" if place % 3 else None
        return {"name": f"Customer {place + 1} of {self.number}", "email": email}

    def _invoice(self, place: int) -> Row:
        net = self.random.randrange(100, 500_000)
        tax = (net * 20 + 50) // 100
        day = (START + dt.timedelta(days=place % 300)).date()
        return {
            "number": f"INV-{place + 1:05d}",
            "issue-date": day.isoformat(),
            "due-date": (day + dt.timedelta(days=30)).isoformat() if place % 4 else None,
            "currency": "GBP",
            "net": Exact(money(net)),
            "tax": Exact(money(tax)),
            "total": Exact(money(net + tax)),
            "outstanding": Exact(money(net + tax if place % 2 else 0)),
        }

    def _transaction(self, place: int) -> Row:
        pence = self.random.randrange(-500_000, 500_000)
        self.running += pence
        is_long = place % 25 == 3
        amount = LONG_AMOUNTS[place // 25 % len(LONG_AMOUNTS)] if is_long else money(pence)
        day = (START + dt.timedelta(days=place % 365)).date()
        return {
            "date": day.isoformat(),
            "value-date": day.isoformat() if place % 5 else None,
            "amount": Exact(amount),
            "balance": money(self.running),
            "memo": MEMOS[place % len(MEMOS)],
        }

    def text(self, name: str, row: Row) -> str:
        key = (name, row["id"])
        if key not in self.texts:
            self.texts[key] = json_text(row)
        return self.texts[key]

    def edit(self, name: str, row_id: str, attributes: Row, *, touch: bool) -> None:
        row = next(one for one in self.rows[name] if one["id"] == row_id)
        for key, value in attributes.items():
            is_number = isinstance(row["attributes"].get(key), Exact)
            row["attributes"][key] = Exact(value) if is_number else value
        if touch:
            row["attributes"]["modified-at"] = stamp(10**6 + self.next_id)
        self.texts.pop((name, row_id), None)

    def delete(self, name: str, *, ids: list[str] | None, at: int | None, count: int) -> list[str]:
        rows = self.rows[name]
        if ids is None:
            places = range(at, at + count) if at is not None else None
            chosen = [rows[p] for p in places] if places else self.random.sample(rows, count)
            ids = [row["id"] for row in chosen]
        self.rows[name] = [row for row in rows if row["id"] not in set(ids)]
        return ids

    def insert(self, name: str, *, at: int, count: int, modified_at: str | None) -> list[str]:
        made = [
            self.make(name, 10**5 + self.next_id, modified_at or stamp(10**6 + self.next_id))
            for _ in range(count)
        ]
        place = at if at >= 0 else len(self.rows[name])
        self.rows[name][place:place] = made
        return [row["id"] for row in made]


@dataclass
class Grant:
    """One consent: which company it opens, and its line of tokens."""

    company: int
    access: str = ""
    refresh: str = ""
    before: str = ""
    is_used: bool = True
    is_lapsed: bool = False
    is_over: bool = False


@dataclass
class Tokens:
    """Issues tokens and counts how they are used."""

    lifetime: int
    is_strict: bool
    static: str
    companies: int
    client: tuple[str, str] = ("an-app", "a-secret")
    codes: dict[str, int] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    issued: int = 0
    is_open: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.is_open.set()

    def agree(self) -> str:
        self.issued += 1
        code = f"code-{self.issued}"
        self.codes[code] = self.counts["consents"] % self.companies + 1
        self.counts["consents"] += 1
        return code

    def answer(self, form: dict[str, str]) -> tuple[int, Row]:
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return 401, {"error": "invalid_client"}
        if form.get("grant_type") == "authorization_code":
            company = self.codes.pop(form.get("code", ""), None)
            if company is None:
                return 400, {"error": "invalid_grant"}
            self.grants.append(Grant(company))
            return 200, self._new_pair(self.grants[-1])
        return self._refresh(form.get("refresh_token", ""))

    def _refresh(self, token: str) -> tuple[int, Row]:
        for grant in self.grants:
            if token == grant.refresh and not grant.is_over:
                self.counts["refreshed"] += 1
                return 200, self._new_pair(grant)
            if token == grant.before and not grant.is_over:
                if not self.is_strict and not grant.is_used:
                    self.counts["repeated"] += 1
                    return 200, self._pair(grant)
                self.counts["reused"] += 1
                grant.is_over = True
        self.counts["refused"] += 1
        return 400, {"error": "invalid_grant"}

    def _new_pair(self, grant: Grant) -> Row:
        self.issued += 1
        grant.before = grant.refresh
        grant.access, grant.refresh = f"access-{self.issued}", f"refresh-{self.issued}"
        grant.is_used = grant.is_lapsed = False
        return self._pair(grant)

    def _pair(self, grant: Grant) -> Row:
        return {
            "access_token": grant.access,
            "refresh_token": grant.refresh,
            "expires_in": self.lifetime,
            "token_type": "Bearer",
        }

    def company_of(self, header: str) -> int | None:
        """The company that a request's token opens; None when the token is no good."""
        token = header.removeprefix("Bearer ")
        if self.static and token == self.static:
            return 1
        for grant in reversed(self.grants):
            if token == grant.access and not (grant.is_over or grant.is_lapsed):
                grant.is_used = True
                return grant.company
        return None

    def expire(self) -> None:
        for grant in self.grants:
            grant.is_lapsed = True


@dataclass
class Source:
    """The whole platform; every method is called under its lock."""

    companies: list[Company]
    tokens: Tokens
    says_total: bool = True
    faults: list[Row] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    # When each of the requests came, by the clock that never goes back.
    times: list[float] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fault(self, company: Company, name: str, page: int) -> Row | None:
        """What goes wrong with this page, if anything; what only changes the list is done here."""
        for one in self.faults:
            if one.get("list", name) != name or one.get("page", 0) not in (0, page):
                continue
            if one.get("company", company.number) != company.number or one.get("left") == 0:
                continue
            if "left" in one:
                one["left"] -= 1
            if one["kind"] == "insert":
                at, count = one.get("at", 0), one.get("count", 1)
                company.insert(name, at=at, count=count, modified_at=None)
            elif one["kind"] == "delete":
                at, count = one.get("at", 0), one.get("count", 1)
                company.delete(name, ids=None, at=at, count=count)
            else:
                return one
        return None

    def set_faults(self, faults: list[Row]) -> None:
        self.faults = [dict(one) for one in faults]
        for one in self.faults:
            if one.get("times", 1):
                one["left"] = one.get("times", 1)

    def page(self, company: Company, name: str, query: dict[str, str], base: str) -> Page:
        size = max(1, min(int(query.get("page[size]", "100")), PAGE_SIZE_MAX))
        number, after = int(query.get("page[number]", "1")), query.get("page[after]")
        if after is not None:
            number = self._place_after(company, name, after, query) // size + 1
        fault = self.fault(company, name, number)
        rows = self._matching(company, name, query)
        start = self._place_after(company, name, after, query) if after else (number - 1) * size
        found, following = rows[start : start + size], None
        if start + size < len(rows):
            place = {"page[number]": str(number + 1)}
            if after is not None:
                place = {"page[after]": found[-1]["id"]}
            kept = {k: v for k, v in query.items() if k not in ("page[number]", "page[after]")}
            following = f"{base}/api/{name}?{urlencode({**kept, **place})}"
        if fault and fault["kind"] == "empty":
            found = []
        texts = [company.text(name, row) for row in found]
        return Page(texts, following, len(rows) if self.says_total else None, fault)

    def _matching(self, company: Company, name: str, query: dict[str, str]) -> list[Row]:
        since = query.get("filter[modified-since]")
        rows = company.rows[name]
        return [r for r in rows if r["attributes"]["modified-at"] >= since] if since else rows

    def _place_after(self, company: Company, name: str, after: str, query: dict[str, str]) -> int:
        """A cursor names a row; rows are found by id, so that it holds when the list changes."""
        rows = self._matching(company, name, query)
        if not after:
            return 0
        place = next((n for n, row in enumerate(rows) if row["id"] == after), None)
        if place is not None:
            return place + 1
        return next((n for n, row in enumerate(rows) if int(row["id"]) > int(after)), len(rows))

    def control(self, order: str, said: Row) -> Row:
        company = self.companies[int(said.get("company", 1)) - 1]
        name = said.get("list", "transactions")
        if order == "delete":
            at, count = said.get("at"), int(said.get("count", 1))
            return {"ids": company.delete(name, ids=said.get("ids"), at=at, count=count)}
        if order == "insert":
            at, when = int(said.get("at", 0)), said.get("modified_at")
            return {
                "ids": company.insert(
                    name, at=at, count=int(said.get("count", 1)), modified_at=when
                )
            }
        if order == "edit":
            company.edit(
                name, str(said["id"]), said["attributes"], touch=bool(said.get("touch", True))
            )
        elif order == "faults":
            self.set_faults(said["faults"])
        elif order == "expire":
            self.tokens.expire()
        elif order == "hold":
            (self.tokens.is_open.clear if said.get("held", True) else self.tokens.is_open.set)()
        elif order == "forget":
            self.requests.clear()
            self.times.clear()
        elif order == "state":
            counts = {"reused": 0, "repeated": 0, **self.tokens.counts}
            return {"requests": Counter(self.requests), "tokens": counts}
        elif order == "rows":
            return self._truth(company, name)
        else:
            return {"error": f"there is no order {order}"}
        return {}

    def _truth(self, company: Company, name: str) -> Row:
        rows = sorted(company.rows[name], key=lambda row: int(row["id"]))
        texts = [company.text(name, row) for row in rows]
        digest = hashlib.sha256("".join(f"{text}\n" for text in texts).encode()).hexdigest()
        return {"count": len(rows), "sha256": digest, "rows": rows}


@dataclass
class Page:
    """One page of a list, before what goes wrong with it."""

    texts: list[str]
    following: str | None
    total: int | None
    fault: Row | None

    def body(self) -> str:
        meta = "{}" if self.total is None else json.dumps({"total-count": self.total})
        links = json.dumps({"next": self.following})
        return f'{{"data":[{",".join(self.texts)}],"links":{links},"meta":{meta}}}'


class Handler(BaseHTTPRequestHandler):
    """Parses requests; a head and its body leave in one write, or delayed ACKs stall each page."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    source: Source

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        found = parse_qs(parts.query, keep_blank_values=True)
        query = {key: values[-1] for key, values in found.items()}
        if parts.path.startswith("/control/"):
            with self.source.lock:
                self.send(200, json_text(self.source.control(parts.path[9:], query)))
        elif parts.path == "/oauth/authorize":
            with self.source.lock:
                code = self.source.tokens.agree()
            back = urlencode({"code": code, "state": query.get("state", "")})
            self.send(302, "", {"Location": f"{query['redirect_uri']}?{back}"})
        elif parts.path.startswith("/api/"):
            self._read(parts.path[5:].split("/"), query)
        else:
            self.send(404, json.dumps({"error": "not found"}))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        text = self.rfile.read(min(length, BODY_BYTES_MAX)).decode()
        path = urlsplit(self.path).path
        if path == "/oauth/token":
            self.source.tokens.is_open.wait()
        with self.source.lock:
            if path == "/oauth/token":
                status, body = self.source.tokens.answer(self._form(text))
                self.send(status, json.dumps(body))
            elif path.startswith("/control/"):
                self.send(200, json_text(self.source.control(path[9:], json.loads(text or "{}"))))
            else:
                self.send(404, json.dumps({"error": "not found"}))

    def _form(self, text: str) -> dict[str, str]:
        form = {key: values[0] for key, values in parse_qs(text).items()}
        kind, _, word = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(word).decode().partition(":")
            form |= {"client_id": name, "client_secret": secret}
        return form

    def _read(self, words: list[str], query: dict[str, str]) -> None:
        source, fault, text = self.source, None, ""
        with source.lock:
            source.requests.append(self.path)
            source.times.append(time.monotonic())
            number = source.tokens.company_of(self.headers.get("Authorization", ""))
            status = (
                401 if number is None else 404 if words[0] not in (*LISTS, "companies") else 200
            )
            if status == 200 and number is not None:
                status, text, fault = self._found(source.companies[number - 1], words, query)
        if fault and self._misbehave(fault):
            return
        self.send(status, text or json.dumps({"errors": [{"status": str(status)}]}))

    def _found(
        self, company: Company, words: list[str], query: dict[str, str]
    ) -> tuple[int, str, Row | None]:
        if words[0] == "companies":
            name = f"Company {company.number}"
            row = {"id": str(company.number), "type": "companies", "attributes": {"name": name}}
            return 200, json_text({"data": [row], "links": {"next": None}}), None
        if len(words) > 1:
            one = next((r for r in company.rows[words[0]] if r["id"] == words[1]), None)
            if one is None:
                return 404, "", None
            return 200, f'{{"data":{company.text(words[0], one)}}}', None
        base = f"http://{self.headers.get('Host', '')}"
        page = self.source.page(company, words[0], query, base)
        return 200, page.body(), page.fault

    def _misbehave(self, fault: Row) -> bool:
        """True when the answer has been given, or will never be."""
        kind = fault["kind"]
        if kind == "slow":
            time.sleep(float(fault.get("seconds", 1)))
        elif kind == "close":
            self.close_connection = True
            return True
        elif kind == "expire":
            with self.source.lock:
                self.source.tokens.expire()
            self.send(401, json.dumps({"errors": [{"status": "401"}]}))
            return True
        elif kind == "status":
            wait = fault.get("retry_after")
            headers = {} if wait is None else {"Retry-After": str(wait)}
            status = int(fault["status"])
            self.send(status, json.dumps({"errors": [{"status": str(status)}]}), headers)
            return True
        return False

    def send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that hangs up, or is killed, is no event."""


def start(source: Source, host: str = "127.0.0.1", port: int = 0) -> tuple[Server, str]:
    """Serve in a thread of this process; returns the server and its address."""
    server = Server((host, port), type("BoundHandler", (Handler,), {"source": source}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://{host}:{server.server_address[1]}"


def make_source(
    *,
    rows: int = 1000,
    customers: int = 0,
    invoices: int = 0,
    companies: int = 1,
    seed: int = 7,
    token: str = "",
    lifetime: int = 3600,
    is_strict: bool = False,
    says_total: bool = True,
) -> Source:
    counts = {"transactions": rows, "customers": customers, "invoices": invoices}
    made = [Company(number + 1, counts, seed) for number in range(companies)]
    return Source(made, Tokens(lifetime, is_strict, token, companies), says_total)


def main(arguments: list[str] | None = None, wait: Callable[[], None] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A bookkeeping platform that misbehaves.")
    for name, default in (("rows", 1000), ("customers", 0), ("invoices", 0), ("companies", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--token", default="", help="an access token that never lapses")
    parser.add_argument("--lifetime", type=int, default=3600, help="seconds of an access token")
    parser.add_argument("--strict-tokens", action="store_true")
    parser.add_argument("--no-total", action="store_true", help="leaves out meta.total-count")
    given = parser.parse_args(arguments)
    source = make_source(
        rows=given.rows, customers=given.customers, invoices=given.invoices,
        companies=given.companies, seed=given.seed, token=given.token, lifetime=given.lifetime,
        is_strict=given.strict_tokens, says_total=not given.no_total,
    )  # fmt: skip
    server, url = start(source, given.host, given.port)
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()
    try:
        (wait or threading.Event().wait)()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
