"""Consent and erasure leave receipts that anybody can check."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client as Browser
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.sealing import SealingKey, UnsealError
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import CompanyKey
from bookbridge.bridge.companies.queries import CompanyKeyGoneError, data_key
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import (
    deauthorise_connection,
    save_integration_settings,
    unlink_connection,
)
from bookbridge.bridge.evidence.models import ConsentReceipt, ErasureReceipt
from bookbridge.bridge.evidence.operations.consent import record_withdrawal
from bookbridge.bridge.evidence.operations.erasure import STAYS, TABLES
from bookbridge.bridge.evidence.tests.conftest import Read
from bookbridge.bridge.integrations.operations import set_enabled
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.models import RawRecord
from bookbridge.bridge.sync.tests.conftest import ANALYST
from bookbridge.bridge.sync.tests.http_source import HttpSource
from bookbridge.bridge.sync.tests.test_certificates import verify


@pytest.fixture
def consented(committed_db: str, source: HttpSource, lender: Api) -> tuple[Api, Any, Any]:
    """A company whose owner went through our own pages and the source's."""
    at = timezone.now()
    with client_scope(lender.client_id):
        given = {"client_id": lender.client_id, "integration_key": "vjms", "actor": ANALYST}
        save_integration_settings(
            **given, host=source.url, app_client_id="an-app", client_secret="secret", at=at
        )
        set_enabled(**given, is_enabled=True, at=at)
    company = lender.post("/companies", {"name": "Harbour Ltd"}).body
    browser = Browser()
    gone = browser.post(f"/link/company/{company['id']}/software/vjms/authorisation")
    state = parse_qs(urlsplit(gone.headers["Location"]).query)["state"][0]
    back = browser.get("/oauth/callback", {"code": "good-code", "state": state})
    assert back.status_code == 302
    with client_scope(lender.client_id):
        found = Connection.objects.get()
    assert found.is_linked
    return lender, company, found


def consent(cast: tuple[Api, Any, Any]) -> Any:
    api, company, found = cast
    return api.get(f"/companies/{company['id']}/connections/{found.id}/consent").body


def run_withdrawals() -> None:
    """What the worker would do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'evidence.record_withdrawal'"
        )
        jobs = [row[0] for row in cursor.fetchall()]
    for args in jobs:
        given = json.loads(args) if isinstance(args, str) else args
        client_id = UUID(given["client_id"])
        with client_scope(client_id):
            record_withdrawal(
                client_id=client_id,
                connection_id=UUID(given["connection_id"]),
                how=given["how"],
                at=timezone.now(),
            )


def test_the_owners_consent_is_kept_in_the_words_that_were_shown(
    consented: tuple[Api, Any, Any], tmp_path: Path
) -> None:
    body = consent(consented)
    assert body["state"] == "given"
    (receipt,) = body["receipts"]
    told = receipt["statement"]
    assert (told["askedBy"], told["companyName"]) == ("Lender Ltd", "Harbour Ltd")
    assert "invoices" in told["dataTypes"] and told["software"] == "Pandle"
    assert told["wording"][0]["title"] == "Purpose"
    assert "Lender Ltd wants to understand your business" in told["wording"][0]["text"]
    assert "unlink" in told["howToWithdraw"] and told["wordingVersion"]
    assert told["grant"]["sourceCompanyId"] == "77001" and told["givenAt"]
    # Nothing that tells where the owner sat.
    assert "127.0.0.1" not in receipt["text"].replace(told["grant"]["host"], "")
    file, keys = tmp_path / "receipt.json", tmp_path / "keys.json"
    file.write_text(json.dumps(receipt))
    keys.write_bytes(consented[0].get("/signingKeys").response.content)
    status, words = verify(file, "--public-key", keys)
    assert status == 0 and "the owner of Harbour Ltd agreed that Lender Ltd reads it" in words
    receipt["statement"]["askedBy"] = "Somebody else"
    file.write_text(json.dumps(receipt))
    status, words = verify(file, "--public-key", keys)
    assert status == 1 and "differs from it" in words


@pytest.mark.parametrize("is_unlinked", [True, False])
def test_the_end_of_a_consent_is_kept_once(
    consented: tuple[Api, Any, Any], is_unlinked: bool
) -> None:
    api, _company, found = consented
    given = {"client_id": api.client_id, "connection_id": found.id, "actor": ANALYST}
    with client_scope(api.client_id):
        if is_unlinked:
            unlink_connection(**given, at=timezone.now())
        else:
            deauthorise_connection(**given, reason="The owner took it back.", at=timezone.now())
    run_withdrawals()
    run_withdrawals()
    body = consent(consented)
    assert body["state"] == "withdrawn" and len(body["receipts"]) == 2
    told = body["receipts"][0]["statement"]
    assert told["consentId"] == body["receipts"][1]["id"]
    assert told["how"] == ("Unlinked by An analyst." if is_unlinked else "The owner took it back.")


def test_a_receipt_of_consent_cannot_be_rewritten(consented: tuple[Api, Any, Any]) -> None:
    for change in ("UPDATE evidence_consentreceipt SET text = ''",
                   "DELETE FROM evidence_consentreceipt"):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            client_scope(consented[0].client_id),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_a_company_that_was_linked_without_our_pages_has_no_receipt(read: Read) -> None:
    body = read.api.get(f"{read.connection_path}/consent").body
    assert body == {"state": "none", "receipts": []}


def test_an_erased_company_leaves_a_receipt_and_nothing_that_opens(
    read: Read, tmp_path: Path
) -> None:
    company_id, client_id = read.linked.company.id, read.linked.client.id
    with client_scope(client_id):
        copied = bytes(RawRecord.objects.get(resource="invoices", source_id="9001").body)
        wrapped = bytes(CompanyKey.objects.get(company_id=company_id).wrapped_key)
        box = BodyBox(data_key(client_id, company_id), read.linked.connection.id)
        assert b"INV-1001" in box.open("invoices", "9001", copied)
    assert read.api.call("DELETE", read.path).status == 204

    # A copy of the sealed record opens with no key that there is.
    ring = keyring.reload_key_ring()
    with client_scope(client_id), pytest.raises(CompanyKeyGoneError):
        data_key(client_id, company_id)
    for secret in [key.secret for key in (*ring.masters, *ring.signers)]:
        box = BodyBox(SealingKey("c", secret), read.linked.connection.id)
        with pytest.raises(UnsealError):
            box.open("invoices", "9001", copied)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM companies_companykey")
        assert cursor.fetchone() == (0,) and wrapped

    # No row of it is left in any table that names companies.
    with client_scope(client_id), connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        assert len(tables) > 20
        left = set()
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE company_id = %s', [company_id])
            if cursor.fetchone()[0]:
                left.add(table)
    assert left <= STAYS

    receipt = read.api.get(f"/erasures/{company_id}").body
    told = receipt["statement"]
    assert told["rows"]["records_record"] > 50 and told["rows"]["records_rawrecord"] > 50
    assert told["dataKey"]["wasThere"] and told["rows"]["companies_companykey"] == 1
    assert read.api.get("/erasures").body["totalResults"] == 1
    file, keys = tmp_path / "erasure.json", tmp_path / "keys.json"
    file.write_text(json.dumps(receipt))
    keys.write_bytes(read.api.get("/signingKeys").response.content)
    status, words = verify(file, "--public-key", keys)
    assert status == 0 and f"Company {company_id} was erased" in words
    assert read.api.get("/erasures/00000000-0000-0000-0000-000000000000").status == 404


def test_a_company_is_erased_from_the_command_line(read: Read) -> None:
    out = io.StringIO()
    call_command("erase_company", str(read.linked.company.id), yes=True, stdout=out)
    printed = json.loads(out.getvalue())
    assert printed["statement"]["companyId"] == str(read.linked.company.id)
    with pytest.raises(CommandError, match="no such company"):
        call_command("erase_company", str(read.linked.company.id), yes=True)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        client_scope(read.linked.client.id),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM evidence_erasurereceipt")
    with client_scope(read.linked.client.id):
        assert ErasureReceipt.objects.count() == 1 and not ConsentReceipt.objects.exists()
