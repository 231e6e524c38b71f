"""The page that a pack opens with, for somebody who has never seen one."""

from __future__ import annotations

from django.utils.translation import gettext as _

README = _(
    """EVIDENCE OF %(company)s
as it was known at %(at)s to %(client)s

This archive shows what was read from this company's books, from where, and that nobody changed it
since. Every file is text, and can be opened with any editor.

WHAT IS IN IT
  manifest.json        every file with its size and SHA-256
  signature.json       the signature over manifest.json (Ed25519)
  signing-keys.json    the public keys; compare them with those that the signer publishes
  certificates.jsonl   a certificate for each read: what the source said it has, what was fetched,
                       kept, rejected and why, deleted and on which evidence; and comparisons with
                       the source's own reports, to the penny
  signals.jsonl        what somebody should look at: entries dated back, documents changed or
                       deleted after a period was reported, gaps in numbering. A gap may have a
                       reason.
  consent.jsonl        what the owner agreed to, and when it ended
  For each connection to accounting software, a folder named by its id:
    records/           the records in one form for all software, a file for each kind
    raw/               the same as the source gave them, to the letter
    sources.jsonl      for each record, the raw records that it was made from
    versions.jsonl     earlier versions of records, and when each was known

HOW TO CHECK IT
  bookbridge verify THIS-FILE.zip --public-key KEYS.json
KEYS.json is what the signer's bridge answers at /api/signingKeys. Nothing else is needed, no
database and no network. Without --public-key the keys in the archive are used; that shows that
nothing was changed, but not who signed it.
"""
)
