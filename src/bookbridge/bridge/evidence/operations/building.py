"""Makes an evidence pack: a signed archive, streamed into sealed pieces in the database.

Each file is read in a transaction of its own. What is read is what was known at the pack's date,
so that it is the same whenever and however often the pack is made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.sealing import SealingKey
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import ORDER
from bookbridge.bridge.evidence.models import EvidencePack, PackChunk
from bookbridge.bridge.evidence.packs.archive import Archive, Pieces
from bookbridge.bridge.evidence.packs.reading import (
    Contents,
    certificates,
    consent,
    last_certificate,
    warning_signs,
)
from bookbridge.bridge.evidence.packs.words import README
from bookbridge.bridge.evidence.rules import piece_identity
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.operations.signing import (
    canonical_text,
    envelope,
    sign,
    signing_keys,
)

FORMAT = "bookbridge-evidence-1"
State = EvidencePack.State


class PackGoneError(Exception):
    """The pack was deleted, or another run makes it now."""

    code = "evidence_pack_gone"


def build_pack(*, client_id: UUID, pack_id: UUID) -> None:
    """Make the pack, anew if an earlier run died; harmless when repeated."""
    with client_scope(client_id):
        pack = EvidencePack.objects.select_for_update().filter(id=pack_id).first()
        if pack is None or pack.state in (State.READY, State.FAILED):
            return
        pack.state, pack.build_token = State.BUILDING, uuid.uuid4()
        pack.save(update_fields=["state", "build_token"])
        PackChunk.objects.filter(company_id=pack.company_id, pack_id=pack.id).delete()
    try:
        _Building(pack).run()
    except PackGoneError:
        return
    except (OperationalError, InterfaceError):
        # The database went away: the job is tried again and begins anew.
        raise
    except Exception:
        with client_scope(client_id):
            _mine(pack).update(
                state=State.FAILED,
                problem=_("Something went wrong in the bridge itself; it was logged."),
            )
        raise


def _mine(pack: EvidencePack) -> Any:
    return EvidencePack.objects.filter(
        client_id=pack.client_id, id=pack.id, build_token=pack.build_token
    )


class _Building:
    def __init__(self, pack: EvidencePack) -> None:
        self._pack = pack
        with client_scope(pack.client_id):
            self._company = Company.objects.get(id=pack.company_id)
            self._client = Client.objects.get(id=pack.client_id)
            self._connections = list(
                Connection.objects.filter(
                    company_id=pack.company_id, created_at__lte=pack.as_of
                ).order_by("created_at", "id")
            )
            self._key: SealingKey = data_key(pack.client_id, pack.company_id)
        self._pieces = Pieces(self._keep)
        self._archive = Archive(self._pieces)
        self._record_files: list[dict[str, Any]] = []

    def run(self) -> None:
        self._add("README.txt", iter([self._readme()]))
        for connection in self._connections:
            self._connection(connection)
        own = (self._pack.company_id, self._pack.as_of)
        self._add("certificates.jsonl", certificates(*own))
        self._add("signals.jsonl", warning_signs(*own))
        self._add("consent.jsonl", consent(*own))
        self._seal()

    def _connection(self, connection: Connection) -> None:
        place = Place(connection.client_id, connection.company_id, connection.id)
        contents = Contents(place, BodyBox(self._key, connection.id), self._pack.as_of)
        connector = connector_of(connection.integration_key)
        folder = str(connection.id)
        for data_type in ORDER:
            if data_type not in connector.manifest.data_types:
                continue
            name = f"{folder}/records/{data_type.value}.jsonl"
            count = self._add(name, contents.records(data_type))
            with client_scope(place.client_id):
                self._record_files.append(self._certified(contents, name, data_type, count))
        for resource in connector.resources:
            self._add(f"{folder}/raw/{resource}.jsonl", contents.raw(resource))
        self._add(f"{folder}/sources.jsonl", contents.sources())
        self._add(f"{folder}/versions.jsonl", contents.versions())

    def _certified(
        self, contents: Contents, name: str, data_type: Any, count: int
    ) -> dict[str, Any]:
        """What the newest certificate says of these records."""
        digest = contents.record_digest.hexdigest()
        newest = last_certificate(contents, data_type)
        content = {} if newest is None else json.loads(newest.text).get("content", {})
        certified = None
        is_changed = False
        if newest is not None and content:
            certified = {"certificateId": str(newest.id), "sha256": content["sha256"]}
            if content["sha256"] != digest:
                is_changed = contents.is_changed_since(data_type, newest.issued_at)
        return {
            "file": name,
            "connectionId": str(contents.place.connection_id),
            "dataType": data_type.value,
            "records": count,
            "sha256OfRecordTexts": digest,
            "certified": certified,
            "isChangedSince": is_changed,
        }

    def _seal(self) -> None:
        """The manifest over all files, the signature over the manifest, and the end."""
        at = timezone.now()
        with client_scope(self._pack.client_id):
            keys = json.dumps({"keys": signing_keys()}, indent=2).encode() + b"\n"
            self._archive.add("signing-keys.json", [keys])
            manifest = json.dumps(self._manifest(), indent=2, sort_keys=True).encode() + b"\n"
            self._archive.add("manifest.json", [manifest], is_listed=False)
            statement = {
                "statement": "evidencePack",
                "format": FORMAT,
                "companyId": self._pack.company_id,
                "asOf": self._pack.as_of,
                "manifestSha256": hashlib.sha256(manifest).hexdigest(),
            }
            signed = sign(canonical_text(statement), at=at)
            signature = envelope(signed.text, signed.key_id, signed.signature)
            self._archive.add(
                "signature.json",
                [json.dumps(signature, indent=2).encode() + b"\n"],
                is_listed=False,
            )
            self._archive.close()
            self._finish(at)

    def _finish(self, at: dt.datetime) -> None:
        done = _mine(self._pack).update(
            state=State.READY,
            ready_at=at,
            size=self._pieces.size,
            sha256=self._pieces.sha256.hexdigest(),
        )
        if not done:
            raise PackGoneError

    def _manifest(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "company": {"id": str(self._company.id), "name": self._company.name},
            "client": {"id": str(self._client.id), "name": self._client.name},
            "asOf": self._pack.as_of.isoformat().replace("+00:00", "Z"),
            "connections": [
                {
                    "id": str(one.id),
                    "integration": one.integration_key,
                    "sourceCompanyId": one.source_company_id,
                    "sourceCompanyName": one.source_company_name,
                }
                for one in self._connections
            ],
            "recordFiles": self._record_files,
            "files": self._archive.files,
        }

    def _readme(self) -> bytes:
        text = README % {
            "company": self._company.name,
            "client": self._client.name,
            "at": self._pack.as_of.isoformat().replace("+00:00", "Z"),
        }
        return text.encode()

    def _add(self, name: str, lines: Iterator[bytes]) -> int:
        with client_scope(self._pack.client_id):
            return self._archive.add(name, lines)

    def _keep(self, position: int, piece: bytes) -> None:
        if not _mine(self._pack).exists():
            raise PackGoneError
        PackChunk.objects.create(
            client_id=self._pack.client_id,
            company_id=self._pack.company_id,
            pack_id=self._pack.id,
            position=position,
            content=self._key.seal(piece, piece_identity(self._pack.id, position)),
        )
