"""What was fetched (raw) and what was made of it (normalised): leaf tables, written in bulk.

The length of an id stands before the id in each key: decimal ids then sort as numbers.
"""

from __future__ import annotations

from django.db import models

ID_LENGTH_MAX = 200


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


class Record(models.Model):
    """One normalised record. `body` is the public model without modifiedDate, which is a column
    here; metadata and sourceModifiedDate are in the body, and in columns for queries."""

    pk = models.CompositePrimaryKey(
        "company_id", "connection_id", "data_type", "id_length", "record_id"
    )
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
    mapping_version = models.CharField(max_length=40)
    # The raw records it was made from: [["invoices", "9001"], ...].
    sources = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(
                fields=[
                    "company_id",
                    "connection_id",
                    "data_type",
                    "order_date",
                    "id_length",
                    "record_id",
                ],
                # Row security asks for it: a page's keys are then read from the index alone.
                include=["client_id"],
                name="records_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.record_id}"
