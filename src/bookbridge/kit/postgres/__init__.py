"""The embedded Postgres: the binaries of a PyPI wheel under our own supervision."""

from bookbridge.kit.postgres.errors import EmbeddedPostgresError
from bookbridge.kit.postgres.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
