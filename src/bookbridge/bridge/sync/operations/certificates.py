"""Every sync leaves a certificate: what was claimed, fetched, stored, mapped and rejected.

A certificate is text, signed as it stands; whoever holds it can have it checked later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count

from bookbridge.bridge.records.digests import Digest
from bookbridge.bridge.records.models import RawRecord
from bookbridge.bridge.records.rules import HASH_BYTES
from bookbridge.bridge.sync.models import Certificate, Dataset, ResourceScan, ScanPage
from bookbridge.bridge.sync.operations.mapping import Mapped
from bookbridge.bridge.sync.operations.signing import canonical_text, has_signed, sign
from bookbridge.bridge.sync.session import SourceSession

PAGE_HASHES_LISTED_MAX = 2000
DELETING_SCANS_LISTED_MAX = 1000
# Says how `records.digests` works, should it ever be done otherwise.
CONTENT_METHOD = "sha256-of-record-texts-1"


def certify_dataset(
    *,
    session: SourceSession,
    dataset: Dataset,
    scans: Mapping[str, ResourceScan],
    mapped: Mapped,
    content: Digest,
    at: dt.datetime,
    known: dict[tuple[str, int], dict[str, Any]] | None = None,
) -> Certificate:
    """Write and sign the certificate of a dataset, in the caller's transaction.

    `known` holds the facts of scans that were told before, and is added to.
    """
    known = {} if known is None else known
    lists = {}
    for name, scan in scans.items():
        if (name, scan.number) not in known:
            known[name, scan.number] = _list_facts(session, scan)
        lists[name] = known[name, scan.number]
    doubts = [
        f"{name}: {flaw}"
        for name, scan in scans.items()
        if scan.state == ResourceScan.State.UNPROVEN
        for flaw in scan.flaws
    ]
    if mapped.rejected:
        doubts.append(f"{mapped.rejected} records were rejected")
    outcome = Certificate.Outcome.INCOMPLETE if doubts else Certificate.Outcome.COMPLETE
    facts = {
        "certificate": "dataset",
        "outcome": outcome.value,
        "doubts": doubts,
        "datasetId": str(dataset.id),
        "dataType": dataset.data_type,
        **_whose(session, dataset.refresh_id),
        "requestedAt": dataset.requested_at,
        "issuedAt": at,
        "mappingVersion": session.connector.mapping_version,
        "lists": lists,
        "records": {
            "mapped": mapped.mapped,
            "written": mapped.written,
            "isUnchanged": mapped.is_skipped,
            "live": mapped.live,
            "deleted": mapped.deleted,
            "deletedNow": mapped.retired,
            "heldForRelease": mapped.held,
            "leftOut": mapped.left_out,
            "rejected": mapped.rejected,
            "rejections": mapped.rejections,
            "warned": mapped.warned,
            "warnings": mapped.warnings,
        },
        "content": {
            "method": CONTENT_METHOD,
            "records": content.records,
            "sha256": content.sha256,
        },
    }
    return issue(
        session=session,
        refresh_id=dataset.refresh_id,
        dataset_id=dataset.id,
        kind=Certificate.Kind.DATASET,
        outcome=outcome,
        facts=facts,
        at=at,
    )


def issue(
    *,
    session: SourceSession,
    refresh_id: UUID,
    dataset_id: UUID | None,
    kind: Certificate.Kind,
    outcome: Certificate.Outcome,
    facts: Mapping[str, Any],
    at: dt.datetime,
) -> Certificate:
    """Sign the facts as they stand and keep them."""
    signed = sign(canonical_text(facts), at=at)
    return Certificate.objects.create(
        client_id=session.place.client_id,
        company_id=session.place.company_id,
        connection_id=session.place.connection_id,
        refresh_id=refresh_id,
        dataset_id=dataset_id,
        kind=kind,
        outcome=outcome,
        text=signed.text,
        key_id=signed.key_id,
        signature=signed.signature,
        issued_at=at,
    )


def is_genuine(certificate: Certificate) -> bool:
    """Whether a key of ours signed exactly this text."""
    return has_signed(certificate.key_id, certificate.text, bytes(certificate.signature))


def whose(session: SourceSession, refresh_id: UUID) -> dict[str, str]:
    return _whose(session, refresh_id)


def _whose(session: SourceSession, refresh_id: UUID) -> dict[str, str]:
    return {
        "clientId": str(session.place.client_id),
        "companyId": str(session.place.company_id),
        "connectionId": str(session.place.connection_id),
        "integration": session.connection.integration_key,
        "sourceCompanyId": session.connection.source_company_id,
        "refreshId": str(refresh_id),
    }


def _list_facts(session: SourceSession, scan: ResourceScan) -> dict[str, Any]:
    """One list of the source: what it said it has (null: it does not say) and what we hold."""
    own = {
        "company_id": session.place.company_id,
        "connection_id": session.place.connection_id,
        "resource": scan.resource,
    }
    hashes = [
        bytes(digest)
        for digest in ScanPage.objects.filter(**own, scan_number=scan.number)
        .order_by("position")
        .values_list("page_hash", flat=True)
    ]
    whole = hashlib.blake2b(b"".join(hashes), digest_size=HASH_BYTES).hexdigest()
    return {
        "scan": scan.number,
        "kind": scan.kind.lower(),
        "changedSince": scan.since,
        "state": scan.state,
        "startedAt": scan.started_at,
        "completedAt": scan.completed_at,
        "sourceSaid": scan.source_total,
        "fetched": scan.fetched,
        "changed": scan.changed,
        "stored": scan.stored,
        "suspect": scan.suspect,
        "deleted": scan.deleted,
        "deletions": scan.deletions,
        "deletedBy": _deleting_scans(own),
        "flaws": scan.flaws,
        "pages": scan.pages,
        "hash": whole,
        "pageHashes": [digest.hex() for digest in hashes[:PAGE_HASHES_LISTED_MAX]],
    }


def _deleting_scans(own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By which scans, and on which evidence, the deleted records of a list were found gone."""
    rows = (
        RawRecord.objects.filter(**own, deleted_at__isnull=False)
        .values_list("deleted_scan", "deletion_evidence")
        .annotate(records=Count("source_id"))
        .order_by("-deleted_scan", "deletion_evidence")
    )
    return [
        {"scan": scan, "evidence": evidence, "records": records}
        for scan, evidence, records in rows[:DELETING_SCANS_LISTED_MAX]
    ]
