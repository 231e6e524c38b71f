"""Webhooks: what happened (events), who is told (consumers), and every try to tell them."""

from __future__ import annotations

import uuid

from django.db import models

from bookbridge.bridge.clients.models import Client


class Event(models.Model):
    """Something that happened, written with the change itself; its id never changes.

    `sequence` counts a client's events without a gap. It is given when the event is fanned out, so
    that no change waits for another; what was asked for as a test has none.
    """

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.UUIDField(default=uuid.uuid4)
    sequence = models.BigIntegerField(null=True)
    event_type = models.CharField(max_length=100)
    company_id = models.UUIDField(null=True)
    # The company's tags at that time: they choose who is told.
    company_tags = models.JSONField(default=dict)
    # The very text that is sent and signed, the same in every try.
    body = models.TextField()
    occurred_at = models.DateTimeField()
    # Asked for by a consumer's owner, and sent to that consumer alone.
    is_test = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "id"], name="webhooks_event_tenant_id"),
            models.UniqueConstraint(fields=["client", "event_id"], name="webhooks_event_once"),
            models.UniqueConstraint(fields=["client", "sequence"], name="webhooks_event_sequence"),
        ]
        indexes = [
            models.Index(fields=["client", "occurred_at"], name="webhooks_events_by_time"),
            models.Index(
                fields=["client", "id"],
                condition=models.Q(sequence=None),
                name="webhooks_events_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"


class EventCount(models.Model):
    """How many events of a client have been numbered; its row lets one publisher in at a time."""

    client_id = models.UUIDField(primary_key=True)
    last_sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last_sequence} events"


class Consumer(models.Model):
    """An address of the client's that is told of events; the public API's webhook consumer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = models.CharField(max_length=2000)
    # No type means every type but the deprecated ones.
    event_types = models.JSONField(default=list)
    # "key:value"; any of them lets an event through, and none lets every event through.
    company_tags = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    secret_ciphertext = models.BinaryField()
    # The secret before the last rotation signs as well until then.
    old_secret_ciphertext = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    # Custom headers may be keys to the client's own systems, so they are sealed too.
    headers_ciphertext = models.BinaryField(null=True)
    header_names = models.JSONField(default=list)
    messages_per_second = models.IntegerField(null=True)

    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=500, blank=True)
    # Since when every try has failed; null after a success.
    failing_since = models.DateTimeField(null=True)
    # Nothing is sent before then: the receiver asked for it, or its rate limit does.
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "id"], name="webhooks_consumer_tenant_id")
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_disabled(self) -> bool:
        return self.disabled_at is not None


class Message(models.Model):
    """One event on its way to one consumer; the status words are the closed product's."""

    class Status(models.TextChoices):
        SENDING = "Sending"
        ATTEMPTING = "Attempting"
        SUCCESS = "Success"
        FAILURE = "Failure"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.UUIDField()
    consumer = models.ForeignKey(
        Consumer, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SENDING)
    created_at = models.DateTimeField()
    # Tries of the schedule that have failed; a replay begins anew.
    failures = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    # Who sends it now, and until when nobody else does.
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "id"], name="webhooks_message_tenant_id"),
            models.UniqueConstraint(
                fields=["client_id", "consumer", "event"], name="webhooks_message_once"
            ),
        ]
        indexes = [
            models.Index(fields=["client_id", "event"], name="webhooks_messages_of_event"),
            models.Index(
                fields=["client_id", "consumer", "next_attempt_at"],
                condition=models.Q(status__in=("Sending", "Attempting")),
                name="webhooks_messages_due",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.id}"


class Attempt(models.Model):
    """One try to deliver a message, kept whatever came of it."""

    class Outcome(models.TextChoices):
        # Its worker has not said how it ended: it runs, or the worker is gone.
        UNKNOWN = "Unknown"
        SUCCESS = "Success"
        FAILURE = "Failure"
        INTERRUPTED = "Interrupted"

    id = models.BigAutoField(primary_key=True)
    client_id = models.UUIDField()
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    lease = models.UUIDField()
    url = models.CharField(max_length=2000)
    started_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.UNKNOWN)
    duration_ms = models.IntegerField(null=True)
    status_code = models.SmallIntegerField(null=True)
    response = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "message", "number"], name="webhooks_attempt_once"
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome}"
