"""`bookbridge verify FILE`: checks a certificate, a receipt or an evidence pack, offline."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from pathlib import Path

from bookbridge.verification.certificates import check_statement
from bookbridge.verification.keys import KeysUnreadableError, PublicKeys, read_keys
from bookbridge.verification.packs import check_pack
from bookbridge.verification.report import Report

STATEMENT_BYTES_MAX = 256 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a certificate or receipt (JSON), or a pack (zip)")
    parser.add_argument(
        "--public-key",
        default=None,
        metavar="FILE|URL",
        help="the signer's public keys, as GET /api/signingKeys gives them",
    )
    parser.add_argument(
        "--records",
        type=Path,
        default=None,
        metavar="FILE",
        help="records read from the API (JSON lines, a list, or a page), to compare with a "
        "certificate's digest",
    )


def run(options: argparse.Namespace) -> int:
    """Check, print what was checked, and return 0 if all of it holds, else 1."""
    report = Report()
    try:
        keys = read_keys(options.public_key) if options.public_key else None
        _check(options.file, keys, report, options.records)
    except KeysUnreadableError as error:
        report.fails(str(error))
    except OSError as error:
        report.fails(f"{error.filename or options.file} cannot be read: {error.strerror}.")
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        report.fails(f"The file is not what the bridge makes ({type(error).__name__}: {error}).")
    sys.stdout.write(f"{options.file}\n" + "\n".join(report.lines) + "\n")
    sys.stdout.write("All of it holds.\n" if report.is_good else "DO NOT RELY ON IT.\n")
    return 0 if report.is_good else 1


def _check(path: Path, keys: PublicKeys | None, report: Report, records: Path | None) -> None:
    with path.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if is_zip:
        check_pack(path, keys, report)
        return
    if path.stat().st_size > STATEMENT_BYTES_MAX:
        report.fails("The file is too long to be a certificate.")
        return
    check_statement(json.loads(path.read_text("utf-8")), keys, report, records=records)
