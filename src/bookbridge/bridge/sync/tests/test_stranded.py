"""Work whose job was lost is queued again."""

from __future__ import annotations

from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Dataset
from bookbridge.bridge.sync.operations.stranded import queue_stranded_work
from bookbridge.bridge.sync.tests.conftest import Linked


def test_a_dataset_without_a_job_gets_one(linked: Linked) -> None:
    dataset = linked.request(DataType.CUSTOMERS)[0]
    assert queue_stranded_work() == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'sync.run_connection'")
    assert queue_stranded_work() == 1
    job = ProcrastinateJob.objects.get(task_name="sync.run_connection")
    assert job.lock == str(dataset.connection_id)


def test_a_list_that_is_suddenly_refused_deletes_nothing(linked: Linked) -> None:
    linked.sync(DataType.PAYMENTS)
    before = {key: row.is_deleted for key, row in linked.records(DataType.PAYMENTS).items()}
    records: Source = linked.source.records
    records.absent.add("credit_notes")
    done = linked.sync(DataType.PAYMENTS)
    assert done["payments"].status == Dataset.Status.FETCH_ERROR
    assert "no longer offers credit_notes" in done["payments"].error_message
    after = {key: row.is_deleted for key, row in linked.records(DataType.PAYMENTS).items()}
    assert before == after and not any(after.values())
