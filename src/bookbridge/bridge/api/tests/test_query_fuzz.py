"""Random queries over real records answer what a plain reading of them answers; garbage never
breaks anything."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookbridge.bridge.api.data_lists import RecordList, page_statement
from bookbridge.bridge.api.paging import Page
from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.api.tests.samples import invoice
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType

Body = dict[str, Any]
RECORDS = 60
EVERYTHING = 1000
DAYS = [dt.date(2026, 1, day) for day in (1, 3, 9, 10)] + [dt.date(2026, 2, 1), dt.date(2026, 2, 4)]
times = st.sampled_from([dt.time(), dt.time(12), dt.time(23, 59, 59, 999999)])
SLOW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=120,
)
STATUSES = ("Draft", "Submitted", "PartiallyPaid", "Paid", "Void")
NOTES = ("", "50% off_", 'say "yes" \\ no', "Marks & Spencer", "a && b || {c}", "é😀", " x ", "Net")


def books_body(number: int) -> Body:
    """Invoices that differ in everything that can be asked for, and lack what may be lacking."""
    body = invoice(
        [7, 10, 99, 100, 1001][number % 5] * 100 + number,
        net=float(Decimal(number % 7) * Decimal("33.35")),
        day=1 + number % 9,
        status=STATUSES[number % 5],
        currency="EUR" if number % 6 == 0 else "GBP",
        invoiceNumber=f"INV-{number % 13}" + "0" * (120 if number % 17 == 0 else 0),
        customerRef={"id": str(500 + number % 4), "companyName": ["Acme", "acme ltd"][number % 2]},
        dueDate=f"2026-02-{1 + number % 5:02d}T00:00:00",
    )
    if number % 3:
        body["note"] = NOTES[number % len(NOTES)]
    if number % 4 == 0:
        del body["dueDate"]
    if number % 8 == 0:
        del body["amountDue"]
    if number % 11 == 0:
        del body["customerRef"]
    return body


BODIES = [books_body(number) for number in range(RECORDS)]
DELETED = frozenset(body["id"] for body in BODIES[::7])


@pytest.fixture
def shop(lender: Api) -> LinkedCompany:
    company = linked_company(lender)
    company.store(DataType.INVOICES, BODIES, deleted=DELETED)
    return company


def ids_of(shop: LinkedCompany, query: str, order_by: str = "") -> list[str]:
    """The ids that the API's own statement finds, in its order."""
    records = RecordList(shop.company_id, shop.connection_id, DataType.INVOICES)
    sql = page_statement(records, query, order_by, Page(1, EVERYTHING, "", ()))
    with client_scope(shop.api.client_id), connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        total, text = cursor.fetchone()
    found = [one["id"] for one in json.loads(f"[{text or ''}]")]
    assert total == len(found)
    return found


# A plain reading: what a field holds, and how a value compares with it.


def text_at(path: str) -> Callable[[Body], Any]:
    def read(body: Body) -> Any:
        found: Any = body
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found

    return read


def number_at(path: str) -> Callable[[Body], Any]:
    read = text_at(path)
    return lambda body: None if read(body) is None else Decimal(str(read(body)))


def date_at(path: str) -> Callable[[Body], Any]:
    read = text_at(path)
    return lambda body: None if read(body) is None else dt.datetime.fromisoformat(read(body))


def folded(path: str) -> Callable[[Body], Any]:
    read = text_at(path)
    return lambda body: None if read(body) is None else read(body).lower()


FLAG = {True: "true", False: "false"}
READINGS: dict[str, Callable[[Body], Any]] = {
    "id": text_at("id"),
    "invoiceNumber": text_at("invoiceNumber"),
    "note": text_at("note"),
    "currency": text_at("currency"),
    "customerRef.id": text_at("customerRef.id"),
    "customerRef.companyName": text_at("customerRef.companyName"),
    "status": folded("status"),
    "totalAmount": number_at("totalAmount"),
    "amountDue": number_at("amountDue"),
    "subTotal": number_at("subTotal"),
    "issueDate": date_at("issueDate"),
    "dueDate": date_at("dueDate"),
    "metadata.isDeleted": lambda body: body["id"] in DELETED,
}
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left is not None and left == right,
    "!=": lambda left, right: left is None or left != right,
    "~": lambda left, right: left is not None and right.lower() in left.lower(),
    ">": lambda left, right: left is not None and left > right,
    "<": lambda left, right: left is not None and left < right,
    ">=": lambda left, right: left is not None and left >= right,
    "<=": lambda left, right: left is not None and left <= right,
}
EQUALITY, ORDER = ("=", "!="), (">", "<", ">=", "<=")


def clause(field: str) -> st.SearchStrategy[tuple[str, str, Any, str]]:
    """A field, an operator, the value that it means, and that value's text."""
    known = sorted({str(READINGS[field](body)) for body in BODIES} - {"None"})
    if field in ("totalAmount", "amountDue", "subTotal"):
        amounts = st.one_of(
            st.sampled_from(known).map(Decimal), st.decimals(-10, 300, allow_nan=False, places=2)
        )
        texts = amounts.flatmap(
            lambda value: st.sampled_from([str(value), f"{value:+}", f"{value}0"]).map(
                lambda text: (value, text)
            )
        )
        operators = st.sampled_from(EQUALITY + ORDER)
    elif field in ("issueDate", "dueDate"):
        texts = st.builds(dt.datetime.combine, st.sampled_from(DAYS), times).flatmap(dates)
        operators = st.sampled_from(EQUALITY + ORDER)
    elif field == "metadata.isDeleted":
        texts = st.sampled_from([(True, "true"), (True, "True"), (False, "false")])
        operators = st.sampled_from(EQUALITY)
    else:
        words = st.one_of(
            st.sampled_from([one for one in known if one]),
            st.text("aNv%_0 ", min_size=1, max_size=3),
        )
        texts = words.filter(lambda text: text.strip() != "").map(lambda text: (text, text))
        if field == "status":
            texts = texts.map(lambda pair: (pair[0].lower(), pair[1].upper()))
        operators = st.sampled_from((*EQUALITY, "~"))
    return st.tuples(operators, texts).map(lambda one: (field, one[0], *one[1]))


def dates(moment: dt.datetime) -> st.SearchStrategy[tuple[dt.datetime, str]]:
    day = dt.datetime.combine(moment.date(), dt.time())
    east = dt.timezone(dt.timedelta(hours=2))
    return st.sampled_from(
        [
            (day, day.date().isoformat()),
            (day, day.isoformat()),
            (day, f"{day.isoformat()}Z"),
            (moment, moment.isoformat()),
            (day, day.replace(tzinfo=dt.UTC).astimezone(east).isoformat()),
        ]
    )


clauses = st.sampled_from(sorted(READINGS)).flatmap(clause)
trees = st.recursive(
    clauses,
    lambda inner: st.tuples(st.sampled_from(["&&", "||"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=6,
)


def rendered(tree: Any, space: str, *, is_top: bool = True) -> str:
    if len(tree) == 4:
        field, operator, _value, text = tree
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        is_bare = text == text.strip() and not any(
            mark in text for mark in ('"', "&&", "||", "{", "}")
        )
        return f"{space}{field}{space}{operator}{space}" + (text if is_bare else f'"{quoted}"')
    mark, parts = tree
    inner = f"{space}{mark}{space}".join(rendered(part, space, is_top=False) for part in parts)
    return inner if is_top else f"{{{inner}{space}}}"


def holds(tree: Any, body: Body) -> bool:
    if len(tree) == 4:
        field, operator, value, _text = tree
        return COMPARED[operator](READINGS[field](body), value)
    mark, parts = tree
    return (all if mark == "&&" else any)(holds(part, body) for part in parts)


def place(body: Body) -> tuple[str, int, str]:
    return (body["issueDate"], len(body["id"]), body["id"])


def in_order(bodies: list[Body], field: str, *, is_descending: bool) -> list[Body]:
    """Absent values last; equal ones by date and id, which the list's own date turns round too."""
    known = sorted(bodies, key=place)
    if field == "issueDate":
        return known[::-1] if is_descending else known
    read = READINGS[field]
    present = [body for body in known if read(body) is not None]
    absent = [body for body in known if read(body) is None]
    # Sorting backwards keeps the order of equal ones.
    return sorted(present, key=read, reverse=is_descending) + absent


@SLOW
@given(tree=trees, space=st.sampled_from(["", " ", "  "]))
def test_a_query_finds_what_a_plain_reading_finds(
    shop: LinkedCompany, tree: Any, space: str
) -> None:
    wanted = [body["id"] for body in sorted(BODIES, key=place) if holds(tree, body)]
    assert ids_of(shop, rendered(tree, space)) == wanted


@SLOW
@given(tree=clauses, field=st.sampled_from(sorted(READINGS)), is_descending=st.booleans())
def test_an_order_is_that_of_a_plain_reading(
    shop: LinkedCompany, tree: Any, field: str, is_descending: bool
) -> None:
    if field == "status":
        field = "dueDate"
    found = [body for body in BODIES if holds(tree, body)]
    wanted = [body["id"] for body in in_order(found, field, is_descending=is_descending)]
    order_by = f"-{field}" if is_descending else field
    assert ids_of(shop, rendered(tree, " "), order_by) == wanted


PIECES = (
    *("id", "status", "totalAmount", "issueDate", "metadata.isDeleted", "a.b", "=", "!=", "~", ">"),
    *("<=", "&&", "||", "{", "}", '"', "\\", "1", "2026-01-01", "true", " ", "\x00", "é", "&", "'"),
    *("99999-01-01", "1e9", "-", "\u2028", "\ud7ff", "%s", "{0}", "9" * 40),
)
pieces = st.sampled_from(PIECES)
garbage = st.one_of(
    st.lists(pieces, max_size=30).map("".join),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=60),
    st.integers(2040, 2060).map(lambda length: "id=" + "x" * (length - 3)),
)


@SLOW
@given(query=garbage, order_by=st.one_of(st.just(""), garbage))
def test_garbage_is_answered_or_refused_and_never_an_error_of_ours(
    shop: LinkedCompany, query: str, order_by: str
) -> None:
    given_text = urlencode({"query": query, "orderBy": order_by, "pageSize": 1})
    answer = shop.api.get(f"{shop.path}/data/invoices?{given_text}")
    assert answer.status in (200, 400), (query, order_by, answer.body)
    if answer.status == 400:
        assert "(character " in answer.error
        assert answer.error.count("\n") in (0, 2)


def test_a_refusal_points_at_the_character(shop: LinkedCompany) -> None:
    query = urlencode({"query": "status=Paid && colour=red"})
    answer = shop.api.get(f"{shop.path}/data/invoices?{query}")
    assert answer.status == 400
    assert answer.error == (
        "There is no field 'colour' (character 16)\nstatus=Paid && colour=red\n               ^"
    )
    long = "status=Paid && " * 20 + "totalAmount=much"
    answer = shop.api.get(f"{shop.path}/data/invoices?{urlencode({'query': long})}")
    _sentence, excerpt, caret = answer.error.split("\n")
    assert excerpt[caret.index("^") :] == "much"
    assert excerpt.startswith("…")
