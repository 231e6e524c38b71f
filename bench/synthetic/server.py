"""The synthetic businesses over HTTP: `python -m bench.synthetic.server PORT`.

Whoever asks for authorisation is let in at once, into a new business; `/control/size?invoices=N`
says how many invoices the next ones have. Nothing is stored, so that they cost no memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import sys
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.synthetic.business import LISTS, REPORTS, Company, Query, thing

HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 64 * 1024
Answer = tuple[int, dict[str, str], bytes]
NOT_FOUND: Answer = (404, {}, b'{"errors": ["Not found"]}')


@dataclass
class Source:
    """Answers requests; keeps only how many companies there are and how large the next is."""

    next_size: int = 200
    requests: int = 0
    _serials: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        self.requests += 1
        url = urlsplit(target)
        query = parse_qs(url.query)
        if url.path == "/control/size":
            self.next_size = int(query["invoices"][0])
            return 200, {}, b"{}"
        if url.path == "/control/requests":
            return 200, {}, str(self.requests).encode()
        if url.path == "/oauth/authorize":
            company = Company(next(self._serials), self.next_size)
            back = urlencode({"code": company.id, "state": query["state"][0]})
            return 302, {"location": f"{query['redirect_uri'][0]}?{back}"}, b""
        if url.path == "/oauth/token":
            return token(parse_qs(body.decode()))
        if url.path.startswith("/api/v1/companies"):
            return self.read(url.path, query, headers)
        return NOT_FOUND

    def read(self, path: str, query: Query, headers: dict[str, str]) -> Answer:
        opened = headers.get("authorization", "").removeprefix("Bearer access-")
        if not opened.isdecimal():
            return 401, {}, b'{"errors": ["Sign in first"]}'
        parts = path.split("/")[4:]
        company = Company.of(opened)
        described = thing(
            "companies",
            company.id,
            {"company-name": f"Business {company.serial}", "base-currency": "GBP"},
        )
        if not parts:
            is_first = query.get("page", ["1"])[0] == "1"
            return many([described] if is_first else [], 1)
        if parts[0] != company.id:
            return NOT_FOUND
        if len(parts) == 1:
            return one(described)
        if parts[1] == "reports" and parts[2] in REPORTS:
            return one(thing(parts[2], company.id, REPORTS[parts[2]](company, query)))
        if parts[1] in LISTS:
            return page_of(company, parts, query, headers)
        return NOT_FOUND


def token(form: Query) -> Answer:
    """A token names the company that it opens."""
    opened = form.get("code") or form.get("refresh_token") or [""]
    company_id = opened[0].removeprefix("refresh-")
    if not company_id.isdecimal():
        return 400, {}, b'{"error": "invalid_grant"}'
    given = {
        "access_token": f"access-{company_id}",
        "refresh_token": f"refresh-{company_id}",
        "expires_in": 86_400,
    }
    return 200, {}, json.dumps(given).encode()


def page_of(company: Company, parts: list[str], query: Query, headers: dict[str, str]) -> Answer:
    count, made = LISTS[parts[1]]
    total = count(company)
    if len(parts) == 3:
        number = int(parts[2])
        return one(made(company, number)) if 1 <= number <= total else NOT_FOUND
    page, size = int(query.get("page", ["1"])[0]), int(query.get("size", ["100"])[0])
    etag = hashlib.blake2b(f"{'/'.join(parts)}?{page}&{size}".encode(), digest_size=8).hexdigest()
    if headers.get("if-none-match") == f'"{etag}"':
        return 304, {"etag": f'"{etag}"'}, b""
    first = (page - 1) * size + 1
    records = [made(company, number) for number in range(first, min(total, first + size - 1) + 1)]
    status, more, body = many(records, total)
    return status, {**more, "etag": f'"{etag}"'}, body


def many(records: list[str], total: int) -> Answer:
    text = f'{{"data":[{",".join(records)}],"meta":{{"total-count":{total}}}}}'
    return 200, {}, text.encode()


def one(record: str) -> Answer:
    return 200, {}, f'{{"data":{record}}}'.encode()


async def serve(port: int) -> None:
    source = Source()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await exchange(source, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=HEAD_BYTES_MAX)
    async with server:
        await server.serve_forever()


async def exchange(
    source: Source, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _version = head[0].split(" ", 2)
    pairs = [line.split(":", 1) for line in head[1:] if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    length = min(int(headers.get("content-length", "0")), BODY_BYTES_MAX)
    body = await reader.readexactly(length) if length else b""
    status, more, content = source.answer(method, target, headers, body)
    lines = [f"HTTP/1.1 {status} Answer", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in more.items()]
    lines += [f"content-length: {len(content)}", "", ""]
    writer.write("\r\n".join(lines).encode() + content)
    await writer.drain()
    return headers.get("connection", "").lower() != "close"


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
