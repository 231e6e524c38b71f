"""What was fetched (raw) and what was made of it (normalised): leaf tables, written in bulk.

The length of an id stands before the id in each key: decimal ids then sort as numbers.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

ID_LENGTH_MAX = 200
CHANGES = "records_change"


def _sequence(function: str) -> models.Func:
    """The sequence of all changes; a company's own are in order because its writers take turns."""
    return models.Func(models.Value(CHANGES), function=function)


class RawRecord(models.Model):
    """One record as its source gave it: compressed, then encrypted with its company's key."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "resource", "id_length", "source_id"
    )
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    resource = models.CharField(max_length=60, db_collation="C")
    id_length = models.SmallIntegerField()
    source_id = models.CharField(max_length=ID_LENGTH_MAX, db_collation="C")
    client_id = models.UUIDField()
    parent_id = models.CharField(max_length=ID_LENGTH_MAX, blank=True, db_collation="C")
    body = models.BinaryField()
    content_hash = models.BinaryField()
    first_scan = models.BigIntegerField()
    changed_scan = models.BigIntegerField()
    changed_at = models.DateTimeField()
    # The complete scan that first lacked it; cleared when it is seen again.
    suspect_scan = models.BigIntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_scan = models.BigIntegerField(null=True)
    deletion_evidence = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.resource} {self.source_id}"


class _Normalised(models.Model):
    """What every version of a normalised record has. `body` is the public model without
    modifiedDate, which is a column here; metadata and sourceModifiedDate are in the body, and in
    columns for queries."""

    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    data_type = models.CharField(max_length=40, db_collation="C")
    id_length = models.SmallIntegerField()
    record_id = models.CharField(max_length=ID_LENGTH_MAX, db_collation="C")
    client_id = models.UUIDField()
    parent_id = models.CharField(max_length=ID_LENGTH_MAX, blank=True, db_collation="C")
    body = models.JSONField()
    content_hash = models.BinaryField()
    order_date = models.DateField(null=True)
    source_modified_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)
    # The mapping that made this body; a later one that makes the same does not move it.
    mapping_version = models.CharField(max_length=40)
    # The raw records it was made from: [["invoices", "9001"], ...].
    sources = models.JSONField(default=list)
    # When we first knew this body, and the place of that in the company's order of changes.
    known_from = models.DateTimeField(db_default=Now())
    change_id = models.BigIntegerField(db_default=_sequence("nextval"))
    added_change_id = models.BigIntegerField(db_default=_sequence("currval"))
    # When its source, and when a released mapping, last made it other than it was.
    source_changed_at = models.DateTimeField(db_default=Now())
    mapping_changed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.data_type} {self.record_id}"


class Record(_Normalised):
    """One normalised record as it is now. Postgres keeps more columns, made from the body, and the
    indexes that lists and changes are read from: migrations 0004 and 0005."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "data_type", "id_length", "record_id"
    )


class SupersededVersion(_Normalised):
    """A version of a record that another has replaced, or (`is_removed`) the fact that a record
    without a deletion flag is no longer there: that version stays open until it comes back."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "data_type", "id_length", "record_id", "change_id"
    )
    known_to = models.DateTimeField(null=True)
    until_change_id = models.BigIntegerField(null=True)
    is_removed = models.BooleanField(default=False)


class SupersededRaw(models.Model):
    """A raw record's earlier body, sealed as it was: any past version is traced to its source."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "resource", "id_length", "source_id", "known_from"
    )
    company_id = models.UUIDField()
    connection_id = models.UUIDField()
    resource = models.CharField(max_length=60, db_collation="C")
    id_length = models.SmallIntegerField()
    source_id = models.CharField(max_length=ID_LENGTH_MAX, db_collation="C")
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()
    client_id = models.UUIDField()
    parent_id = models.CharField(max_length=ID_LENGTH_MAX, blank=True, db_collation="C")
    body = models.BinaryField()
    content_hash = models.BinaryField()
    changed_scan = models.BigIntegerField()
    until_scan = models.BigIntegerField()
    deleted_at = models.DateTimeField(null=True)
    deleted_scan = models.BigIntegerField(null=True)
    deletion_evidence = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.resource} {self.source_id} until {self.known_to}"
