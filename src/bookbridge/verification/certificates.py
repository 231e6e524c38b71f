"""Certificates: the signature, whether the counts agree with each other, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bookbridge.verification.contents import digest, records_in
from bookbridge.verification.keys import PublicKeys
from bookbridge.verification.report import Report
from bookbridge.verification.signed import check_signature

KINDS = ("dataset", "reconciliation", "erasure", "consent", "withdrawal", "evidencePack")


def check_statement(
    envelope: Mapping[str, Any],
    keys: PublicKeys | None,
    report: Report,
    *,
    records: Path | None = None,
) -> dict[str, Any] | None:
    """Check one signed statement of any kind, and what hangs on it."""
    facts = check_signature(envelope, keys, report)
    if facts is None:
        return None
    kind = facts.get("certificate") or facts.get("statement")
    if kind == "dataset":
        _dataset(facts, report)
        if records is not None:
            _records(facts, records, report)
    elif kind == "reconciliation":
        _reconciliation(facts, report)
    elif kind == "erasure":
        _erasure(facts, report)
    elif kind in {"consent", "withdrawal"}:
        _consent(facts, report)
    elif kind not in KINDS:
        report.says(f"A statement of a kind that this version does not know: {kind}.")
    attached = envelope.get("reconciliation")
    if isinstance(attached, Mapping):
        report.heading("Reconciliation of the same read")
        check_statement(attached, keys, report)
    return facts


def _dataset(facts: Mapping[str, Any], report: Report) -> None:
    counts = facts["records"]
    report.says(
        f"Certificate of {facts['dataType']} of company {facts['companyId']}, "
        f"issued {facts['issuedAt']}: {facts['outcome']}."
    )
    for name, one in facts["lists"].items():
        _list(name, one, report)
    content = facts.get("content")
    if content is not None:
        total = counts["live"] + counts["deleted"]
        report.check(
            content["records"] == total,
            f"Its digest is over {total} records: {counts['live']} live, "
            f"{counts['deleted']} deleted.",
            f"Its digest is over {content['records']} records, but it counts {total}.",
        )
    report.check(
        (facts["outcome"] == "COMPLETE") == (not facts["doubts"]),
        "It calls itself complete exactly if it has no doubts.",
        "What it calls itself does not agree with the doubts that it names.",
    )
    for doubt in facts["doubts"]:
        report.says(f"Doubt: {doubt}.")
    if counts["rejected"]:
        report.says(f"{counts['rejected']} records could not be used; it says why of each.")


def _list(name: str, one: Mapping[str, Any], report: Report) -> None:
    said, fetched = one["sourceSaid"], one["fetched"]
    if one["state"] == "NOT_SUPPORTED":
        report.says(f"{name}: the source has no such list.")
    elif said is None:
        report.says(f"{name}: {fetched} fetched; the source does not say how many it has.")
    elif one["state"] == "COMPLETE":
        report.check(
            said == fetched,
            f"{name}: the source said {said} and gave {fetched}.",
            f"{name}: called complete, but the source said {said} and gave {fetched}.",
        )
    else:
        report.says(f"{name}: {one['state'].lower()}; the source said {said}, gave {fetched}.")


def _records(facts: Mapping[str, Any], path: Path, report: Report) -> None:
    content = facts.get("content")
    if content is None:
        report.fails("This certificate has no digest to compare records with.")
        return
    count, found = digest(records_in(path))
    report.check(
        found == content["sha256"],
        f"The {count} records of {path.name} are exactly those that were certified.",
        f"The {count} records of {path.name} are not those that were certified "
        f"({content['records']}).",
    )


def _reconciliation(facts: Mapping[str, Any], report: Report) -> None:
    differences = facts.get("differenceCount", 0)
    report.says(
        f"Reconciliation to the source's own reports, issued {facts['issuedAt']}: "
        f"{facts['outcome']}; {facts.get('figuresCompared', 0)} figures compared, "
        f"{differences} differ."
    )
    for one in facts.get("differences", [])[:20]:
        report.says(
            f"{one['report']} {one['name']}: ours {one['ours']}, theirs {one['theirs']} "
            f"({one['pence']} pence)."
        )
    report.check(
        facts["outcome"] != "RECONCILED" or not differences,
        "It calls itself reconciled only if nothing differs.",
        "It calls itself reconciled, and yet names differences.",
    )


def _erasure(facts: Mapping[str, Any], report: Report) -> None:
    report.says(
        f"Company {facts['companyId']} was erased at {facts['erasedAt']}: "
        f"{sum(facts['rows'].values())} rows, and the data key that sealed its raw records."
    )


def _consent(facts: Mapping[str, Any], report: Report) -> None:
    if facts["statement"] == "withdrawal":
        report.says(f"Consent {facts['consentId']} ended at {facts['withdrawnAt']}: {facts['how']}")
        return
    report.says(
        f"At {facts['givenAt']} the owner of {facts['companyName']} agreed that "
        f"{facts['askedBy']} reads it from {facts['software']}."
    )
