"""The back-up's file: a tar with a manifest first, which names every other file and its digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bookbridge import __version__
from bookbridge.upkeep.errors import UpkeepError

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 1024 * 1024
FILES_MAX = 1000
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What a back-up holds: the version that made it, when, and each file's SHA-256."""

    version: str
    made_at: str
    has_keys: bool
    files: Mapping[str, str]


def write_archive(
    target: Path, files: Mapping[str, Path], *, has_keys: bool, at: dt.datetime
) -> Manifest:
    """Write a new file of mode 600; `files` maps names inside the archive to files on disk."""
    manifest = Manifest(
        version=__version__,
        made_at=at.isoformat(),
        has_keys=has_keys,
        files={name: digest_of(path) for name, path in files.items()},
    )
    text = json.dumps(
        {
            "format": FORMAT,
            "version": manifest.version,
            "madeAt": manifest.made_at,
            "hasKeys": has_keys,
            "files": dict(manifest.files),
        },
        indent=2,
    ).encode()
    partial = target.with_name(f".{target.name}.part")
    partial.unlink(missing_ok=True)
    try:
        opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(text), 0o600
            archive.addfile(entry, io.BytesIO(text))
            for name, path in files.items():
                archive.add(path, arcname=name, recursive=False)
            raw.flush()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def read_archive(source: Path, folder: Path) -> Manifest:
    """Unpack into an empty folder and check every digest; raises UpkeepError."""
    try:
        with tarfile.open(source, mode="r:") as archive:
            manifest = _manifest(archive, source)
            for name, digest in manifest.files.items():
                _unpack(archive, name, digest, folder / PurePosixPath(name).name)
    except (tarfile.TarError, KeyError) as error:
        raise UpkeepError(f"{source} is not a whole back-up of Bookbridge ({error}).") from error
    except OSError as error:
        raise UpkeepError(f"{source} cannot be read: {error.strerror or error}.") from error
    return manifest


def _manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    first = archive.next()
    opened = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if opened is None:
        raise UpkeepError(f"{source} is not a back-up of Bookbridge: it has no manifest.")
    values = json.loads(opened.read(MANIFEST_BYTES_MAX))
    if values["format"] != FORMAT:
        raise UpkeepError(
            f"{source} was made by version {values['version']}. Install that one or a later one."
        )
    files = values["files"]
    if len(files) > FILES_MAX:
        raise UpkeepError(f"{source} names {len(files)} files: more than any back-up has.")
    return Manifest(values["version"], values["madeAt"], values["hasKeys"], files)


def _unpack(archive: tarfile.TarFile, name: str, digest: str, target: Path) -> None:
    opened = archive.extractfile(name)
    if opened is None:
        raise UpkeepError(f"The back-up's {name} is not a file.")
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := opened.read(CHUNK_BYTES):
            file.write(chunk)
    if digest_of(target) != digest:
        raise UpkeepError(f"The back-up is damaged: {name} is not what was written. Use another.")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
            found.update(chunk)
    return found.hexdigest()


def existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.exists()]
