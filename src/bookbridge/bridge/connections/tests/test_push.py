"""Writing to sources that are read only: refused in words, and never anything in the history."""

import uuid

import pytest

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import Api


def test_nothing_can_be_written(lender: Api, stranger: Api) -> None:
    acme = linked_company(lender)
    push = f"{acme.connection_path}/push/invoices"
    for method, path in (
        ("POST", push),
        ("PUT", f"{push}/7"),
        ("DELETE", f"{push}/7"),
        ("POST", f"{push}/7/attachment"),
        ("POST", f"{push}/7/attachments"),
    ):
        refused = lender.call(method, path, {"id": "7"})
        assert refused.status == 400, path
        assert refused.error == "Datatype invoices cannot be written: platform Pandle is read only."
        assert stranger.call(method, path, {"id": "7"}).status == 404
    assert lender.post(f"{acme.connection_path}/push/colours", {}).status == 404


def test_there_are_no_options_of_what_cannot_be_written(lender: Api, stranger: Api) -> None:
    acme = linked_company(lender)
    path = f"{acme.connection_path}/options/invoices"
    assert lender.get(path).status == 404 and "read only" in lender.get(path).error
    assert "no such connection" in stranger.get(path).error


def test_the_history_of_writes_is_an_empty_page(lender: Api, stranger: Api) -> None:
    acme = linked_company(lender)
    path = f"{acme.path}/push"
    page = lender.get(f"{path}?query=status=success%26%26dataType=invoices&orderBy=-requestedOnUtc")
    assert (page.status, page.body["results"], page.body["totalResults"]) == (200, [], 0)
    assert lender.get(f"{path}/{uuid.uuid4()}").status == 404
    assert stranger.get(path).status == 404


@pytest.mark.parametrize("asked", ["query=colour=red", "orderBy=colour", "page=0"])
def test_what_cannot_be_asked_of_the_history_is_refused(lender: Api, asked: str) -> None:
    assert lender.get(f"{linked_company(lender).path}/push?{asked}").status == 400
