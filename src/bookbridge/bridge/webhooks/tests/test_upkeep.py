"""What is stranded is found, what is old goes, and secrets follow the key ring."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge import bridge
from bookbridge.bridge.api.tests.cast import Api
from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.sealing import key_id_of
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.models import Attempt, Event, Message
from bookbridge.bridge.webhooks.queueing import DELIVER_TASK, defer_delivery, defer_wake
from bookbridge.bridge.webhooks.tests.conftest import Post

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_events_whose_process_died_after_the_commit_are_found_and_delivered(
    post: Post, stranger: Api
) -> None:
    consumer = post.consumer()
    quiet = Post(stranger.client_id, post.receiver, post.now)
    quiet.consumer()
    post.happen()
    assert operations.queue_stranded_webhooks(at=post.now) == 1
    assert len(post.messages(consumer)) == 1
    later = post.now + dt.timedelta(minutes=1)
    for _time in range(2):
        operations.queue_stranded_webhooks(at=later)
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER_TASK, status="todo")
    assert [job.args["consumer_id"] for job in jobs] == [str(consumer.id)]


def test_a_consumer_has_one_job_that_waits_and_one_that_is_planned(post: Post) -> None:
    consumer = post.consumer()
    for _time in range(3):
        defer_delivery(post.client_id, consumer.id)
        defer_wake(post.client_id, consumer.id, post.now + dt.timedelta(minutes=5))
    assert ProcrastinateJob.objects.filter(status="todo").count() == 2


def test_what_is_old_goes_unless_it_is_still_to_be_delivered(post: Post, settings: Any) -> None:
    settings.WEBHOOK_DAYS_KEPT = 90
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.deliver_all(consumer)
    post.happen()
    post.publish()
    post.later(days=89)
    assert operations.sweep_events(at=post.now) == 0
    post.later(days=2)
    recent = post.happen()
    post.publish()
    assert operations.sweep_events(at=post.now) == 1
    with client_scope(post.client_id):
        assert Event.objects.count() == Message.objects.count() == 2
        assert Attempt.objects.count() == 0
        assert Event.objects.filter(event_id=recent).exists()


def test_secrets_and_headers_are_sealed_anew_when_the_ring_turns(
    post: Post, settings: Any, tmp_path: Path
) -> None:
    ring = settings.KEY_RING
    settings.KEY_RING, settings.KEY_RING_FILE = "", str(tmp_path / "keys.json")
    keyring.reload_key_ring()
    try:
        consumer = post.consumer(headers={"X-Key": "hidden"})
        with client_scope(post.client_id):
            operations.rotate_secret(
                client_id=post.client_id,
                consumer_id=consumer.id,
                actor=None,
                at=post.now,
            )
            before = queries.consumer(post.client_id, consumer.id)
            secrets = (queries.secret_of(before), queries.old_secret_of(before))
            keyring.add_master_key("m-new")
            assert operations.reseal_secrets(before)
            after = queries.consumer(post.client_id, consumer.id)
            assert not operations.reseal_secrets(after)
            values = (
                after.secret_ciphertext,
                after.old_secret_ciphertext,
                after.headers_ciphertext,
            )
            assert {key_id_of(bytes(one or b"")) for one in values} == {"m-new"}
            assert (queries.secret_of(after), queries.old_secret_of(after)) == secrets
            assert queries.headers_of(after) == {"X-Key": "hidden"}
    finally:
        settings.KEY_RING = ring
        keyring.reload_key_ring()


def test_every_queue_that_code_names_is_worked() -> None:
    """With lanes a worker asks for queues by name: those of the registered tasks."""
    source = Path(bridge.__file__).parent
    named = {
        name
        for path in source.rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r"""\b(?:queue=|QUEUE = )["'](\w+)["']""", path.read_text())
    }
    app.perform_import_paths()
    assert "webhooks" in named and "sync" in named
    assert named <= {task.queue for task in app.tasks.values()}
