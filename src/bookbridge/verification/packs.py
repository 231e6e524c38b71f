"""Evidence packs: the signature on the manifest, each file's hash, and each statement inside."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from bookbridge.verification.certificates import check_statement
from bookbridge.verification.contents import LINE_BYTES_MAX, parse, record_hash
from bookbridge.verification.keys import PublicKeys, keys_of
from bookbridge.verification.report import Report
from bookbridge.verification.signed import check_signature

MANIFEST, SIGNATURE, KEYS = "manifest.json", "signature.json", "signing-keys.json"
SMALL_BYTES_MAX = 64 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
FILES_MAX = 10_000


def check_pack(path: Path, keys: PublicKeys | None, report: Report) -> None:
    """Check an evidence pack; files are read as streams, so memory stays small."""
    with zipfile.ZipFile(path) as archive:
        if len(archive.infolist()) > FILES_MAX:
            report.fails("The archive has too many files.")
            return
        keys = keys or PublicKeys(
            keys_of(json.loads(_small(archive, KEYS))["keys"]), "the pack", are_trusted=False
        )
        manifest = _small(archive, MANIFEST)
        signed = check_signature(json.loads(_small(archive, SIGNATURE)), keys, report)
        if signed is None or not report.check(
            hashlib.sha256(manifest).hexdigest() == signed["manifestSha256"],
            "The manifest is the one that was signed.",
            "The manifest is not the one that was signed.",
        ):
            return
        listed = json.loads(manifest)
        report.says(f"Evidence of {listed['company']['name']} as it was known at {listed['asOf']}.")
        if _files(archive, listed["files"], report):
            _statements(archive, keys, report)
            _records(archive, listed, report)


def _files(archive: zipfile.ZipFile, listed: Mapping[str, Any], report: Report) -> bool:
    there = set(archive.namelist()) - {MANIFEST, SIGNATURE}
    missing, extra = sorted(listed.keys() - there), sorted(there - listed.keys())
    changed = [
        name
        for name in sorted(listed.keys() & there)
        if _sha256(archive, name) != listed[name]["sha256"]
    ]
    for words, names in (
        ("is missing", missing),
        ("is not in the manifest", extra),
        ("was changed", changed),
    ):
        for name in names:
            report.fails(f"{name} {words}.")
    if not (missing or extra or changed):
        report.holds(f"All {len(listed)} files are there and unchanged.")
        return True
    return False


def _statements(archive: zipfile.ZipFile, keys: PublicKeys, report: Report) -> None:
    """Every certificate and consent receipt, by its own signature."""
    for name in ("certificates.jsonl", "consent.jsonl"):
        if name not in archive.namelist():
            continue
        good = count = 0
        for line in _lines(archive, name):
            count += 1
            inner = Report()
            check_statement(json.loads(line), keys, inner)
            good += inner.is_good
            if not inner.is_good:
                report.lines.extend(text for text in inner.lines if "[FAIL]" in text)
        report.check(
            good == count,
            f"{name}: each of {count} statements is signed and agrees with itself.",
            f"{name}: {count - good} of {count} statements do not hold.",
        )


def _records(archive: zipfile.ZipFile, manifest: Mapping[str, Any], report: Report) -> None:
    """The records against the newest certificate of their type."""
    for one in manifest["recordFiles"]:
        count, found = _digest(archive, one["file"])
        wanted = one["certified"]
        if wanted is None:
            report.says(f"{one['file']}: {count} records, of which no certificate has a digest.")
        elif wanted["sha256"] == found:
            report.holds(f"{one['file']}: exactly the {count} records that were certified.")
        elif one["isChangedSince"]:
            report.says(
                f"{one['file']}: {count} records; some were changed after the last certificate "
                "before the pack's date."
            )
        else:
            report.fails(f"{one['file']}: not the records that were certified.")


def _digest(archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    """As `contents.digest`, for records that stand in order already."""
    whole, count = hashlib.sha256(), 0
    for line in _lines(archive, name):
        whole.update(record_hash(parse(line)))
        count += 1
    return count, whole.hexdigest()


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > SMALL_BYTES_MAX:
        raise ValueError(f"{name} is too long")
    return archive.read(name)


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    whole = hashlib.sha256()
    with archive.open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            whole.update(chunk)
    return whole.hexdigest()


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        lines: IO[bytes] = file
        while line := lines.readline(LINE_BYTES_MAX):
            if line.strip():
                yield line
