"""Row-level security and composite foreign keys: the SQL that keeps tenants apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


@contextmanager
def scope(setting: str, value: object, using: str = "default") -> Iterator[None]:
    """One transaction in which the rows of one tenant, and no others, exist."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT current_setting(%s, true)", [setting])
            before = cursor.fetchone()[0] or ""
            cursor.execute("SELECT set_config(%s, %s, true)", [setting, str(value)])
        yield
        # A nested scope gives its outer one back; on an error the rollback does.
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [setting, before])


class _SqlOperation(Operation):
    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The model state does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.forward_sql():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.backward_sql():
            schema_editor.execute(statement, params=None)

    def forward_sql(self) -> Sequence[str]:
        raise NotImplementedError

    def backward_sql(self) -> Sequence[str]:
        raise NotImplementedError


class EnableRls(_SqlOperation):
    """Rows are there only where `column` equals the transaction's tenant setting."""

    def __init__(self, table: str, column: str, setting: str, cast: str = "bigint") -> None:
        self.table, self.column, self.setting, self.cast = table, column, setting, cast

    def forward_sql(self) -> Sequence[str]:
        tenant = f"NULLIF(current_setting('{self.setting}', true), '')::{self.cast}"
        rule = f"{self.column} = {tenant}"
        return (
            f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {self.table} USING ({rule}) WITH CHECK ({rule})",
        )

    def backward_sql(self) -> Sequence[str]:
        return (
            f"DROP POLICY tenant ON {self.table}",
            f"ALTER TABLE {self.table} DISABLE ROW LEVEL SECURITY",
        )

    def describe(self) -> str:
        return f"Keep tenants apart in {self.table}"


class CompositeForeignKey(_SqlOperation):
    """A foreign key with the tenant in it: a row never points at another tenant's row."""

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        to_table: str,
        to_columns: Sequence[str],
        deferred: bool = True,
    ) -> None:
        self.table, self.columns = table, tuple(columns)
        self.to_table, self.to_columns = to_table, tuple(to_columns)
        self.deferred = deferred

    @property
    def name(self) -> str:
        return f"{self.table}_{self.columns[-1]}_tenant_fk"[:63]

    def forward_sql(self) -> Sequence[str]:
        when = " DEFERRABLE INITIALLY DEFERRED" if self.deferred else ""
        return (
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} "
            f"FOREIGN KEY ({', '.join(self.columns)}) "
            f"REFERENCES {self.to_table} ({', '.join(self.to_columns)}){when}",
        )

    def backward_sql(self) -> Sequence[str]:
        return (f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}",)

    def describe(self) -> str:
        return f"{self.table} points only at its own tenant's {self.to_table}"


class RevokeFromApp(_SqlOperation):
    """Takes rights on a table away from the role that web and worker processes use."""

    def __init__(self, table: str, privileges: Sequence[str]) -> None:
        self.table, self.privileges = table, tuple(privileges)

    def forward_sql(self) -> Sequence[str]:
        return (f'REVOKE {", ".join(self.privileges)} ON {self.table} FROM "{app_role()}"',)

    def backward_sql(self) -> Sequence[str]:
        return (f'GRANT {", ".join(self.privileges)} ON {self.table} TO "{app_role()}"',)

    def describe(self) -> str:
        return f"The application may not {'/'.join(self.privileges)} {self.table}"


def app_role() -> str:
    """The Postgres role of web and worker processes."""
    return str(settings.DATABASES["default"]["USER"])
