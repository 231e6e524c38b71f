"""Why the embedded server cannot run, in sentences that say what to do."""

from __future__ import annotations


class EmbeddedPostgresError(RuntimeError):
    """The embedded Postgres cannot start; the sentence says why and what to do."""

    code = "embedded_postgres_unavailable"
