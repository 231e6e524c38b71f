"""A browser without a window: reads forms and submits them, as people do, cookies and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

TIMEOUT_SECONDS = 60
REDIRECTS_MAX = 12


class PageError(Exception):
    """A page was not what the story expects; the message shows what it said."""

    code = "page"


@dataclass
class Form:
    """One form of a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Page:
    """What the browser shows: its address, status, text and forms."""

    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[str]
    text: str

    def form(self, *names: str) -> Form:
        """The form that has all these fields; raises PageError showing the page."""
        for found in self.forms:
            if all(name in found.fields or name in dict(found.buttons) for name in names):
                return found
        raise PageError(f"No form with {', '.join(names)} at {self.url}: {self.text[:600]}")

    def form_to(self, part: str) -> Form:
        """The form whose action contains `part`; raises PageError showing the page."""
        for found in self.forms:
            if part in found.action:
                return found
        raise PageError(f"No form to {part} at {self.url}: {self.text[:600]}")

    def link(self, part: str) -> str:
        """The first link whose address contains `part`."""
        for address in self.links:
            if part in address and address.startswith("http"):
                return address
        raise PageError(f"No link to {part} at {self.url}: {self.text[:600]}")


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._silent = True
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.url, given["href"]))
        if tag == "form":
            method = given.get("method", "get").lower()
            self._form = Form(urljoin(self.url, given.get("action", "")), method)
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._form is not None
        name = given.get("name", "")
        kind = given.get("type", "text" if tag == "input" else "submit")
        if tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            self._form.fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag in {"button", "input"} and kind == "submit" and name:
            self._form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self._form.fields:
                self._form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self._form.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""
        elif tag in {"script", "style"}:
            self._silent = False

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data
        if not self._silent and data.strip():
            self.words.append(data.strip())


class Browser:
    """One person's browser; follows redirects and keeps cookies."""

    def __init__(self) -> None:
        self.http = httpx.Client(
            follow_redirects=True, timeout=TIMEOUT_SECONDS, max_redirects=REDIRECTS_MAX
        )

    def close(self) -> None:
        self.http.close()

    def open(self, url: str) -> Page:
        """The page at this address."""
        return self._page(self.http.get(url))

    def submit(self, form: Form, **values: str) -> Page:
        """Send a form with these fields changed; raises PageError for a refusal."""
        data = {**form.fields, **values}
        if form.method == "get":
            return self._page(self.http.get(form.action, params=data))
        # Browsers say where a form came from; Django checks it under TLS.
        reply = self.http.post(form.action, data=data, headers={"Referer": form.action})
        return self._page(reply)

    def _page(self, reply: httpx.Response) -> Page:
        reader = _Reader(str(reply.url))
        if "html" in reply.headers.get("content-type", ""):
            reader.feed(reply.text)
        text = " ".join(reader.words)
        if reply.status_code >= 400:
            raise PageError(f"{reply.url} answered {reply.status_code}: {text[:600]}")
        return Page(str(reply.url), reply.status_code, reply.text, reader.forms, reader.links, text)
