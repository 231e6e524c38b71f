"""Events reach their consumers: who, what, how often, and what is kept of it."""

from __future__ import annotations

import datetime as dt

import pytest
from svix.webhooks import WebhookVerificationError

from bookbridge.bridge.api.tests.cast import FOUNDER, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.webhooks import operations, queries
from bookbridge.bridge.webhooks.models import Attempt, Event, Message
from bookbridge.bridge.webhooks.rules import RETRY_DELAYS
from bookbridge.bridge.webhooks.signing import new_secret
from bookbridge.bridge.webhooks.tests.conftest import Post

pytestmark = [pytest.mark.database, pytest.mark.django_db]
Status = Message.Status


def test_an_event_arrives_signed_and_the_svix_library_verifies_it(post: Post) -> None:
    consumer = post.consumer()
    event_id = post.happen(hello="world")
    post.publish()
    assert post.deliver_all(consumer) == 1
    (got,) = post.receiver.received
    event = got.verified(post.secret(consumer))
    assert event["id"] == got.headers["webhook-id"] == str(event_id)
    assert event["payload"] == {"hello": "world"}
    assert got.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        got.verified(new_secret())
    (message,) = post.messages(consumer)
    assert message.status == Status.SUCCESS
    (attempt,) = post.attempts(message)
    assert (attempt.outcome, attempt.status_code) == (Attempt.Outcome.SUCCESS, 200)
    assert attempt.response == "answer 200" and attempt.duration_ms is not None


def test_events_are_numbered_without_a_gap_in_the_order_they_are_handed_out(post: Post) -> None:
    consumer = post.consumer()
    for number in range(5):
        post.happen(number=number)
    assert post.publish() == 5
    post.happen(number=5)
    post.publish()
    post.deliver_all(consumer)
    numbers = sorted(int(one.headers["bookbridge-sequence"]) for one in post.receiver.received)
    assert numbers == [1, 2, 3, 4, 5, 6]
    with client_scope(post.client_id):
        assert list(Event.objects.order_by("id").values_list("sequence", flat=True)) == numbers


def test_a_message_is_made_once_however_often_events_are_published(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    assert [post.publish(), post.publish()] == [1, 0]
    assert len(post.messages(consumer)) == 1


def test_consumers_are_told_of_the_types_that_they_name(post: Post) -> None:
    reads = post.consumer(event_types=["read.completed"])
    every = post.consumer()
    off = post.consumer(is_disabled=True)
    post.happen("read.completed")
    post.happen("company.created")
    post.publish()
    assert [one.event.event_type for one in post.messages(reads)] == ["read.completed"]
    assert len(post.messages(every)) == 2
    assert post.messages(off) == []


def test_what_happened_before_a_consumer_was_made_or_enabled_is_not_sent_to_it(post: Post) -> None:
    post.happen()
    consumer = post.consumer()
    post.publish()
    post.change(consumer, is_disabled=True)
    post.happen()
    post.change(consumer, is_disabled=False)
    post.publish()
    assert post.messages(consumer) == []
    post.happen()
    post.publish()
    assert len(post.messages(consumer)) == 1


def test_tags_let_through_what_any_of_them_names(post: Post) -> None:
    with client_scope(post.client_id):
        north, south = (
            create_company(
                client_id=post.client_id,
                name=name,
                tags={"region": name, "team": "a"},
                actor=FOUNDER,
                at=post.now,
            )
            for name in ("north", "south")
        )
    post.publish()
    consumer = post.consumer(company_tags=["region:north", "team:b"])
    for company_id in (north.id, south.id, None):
        post.happen(company_id=company_id, of=company_id)
    post.publish()
    post.deliver_all(consumer)
    events = [one.verified(post.secret(consumer)) for one in post.receiver.received]
    assert [one["payload"]["of"] for one in events] == [str(north.id)]


def test_a_failed_try_is_repeated_on_the_schedule_and_then_given_up(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(*[500] * 8)
    waits = []
    for number in range(1, 9):
        assert post.deliver_all(consumer) == 1
        (message,) = post.messages(consumer)
        assert message.attempts == number
        if message.next_attempt_at is None:
            break
        assert message.status == Status.ATTEMPTING
        waits.append(message.next_attempt_at - post.now)
        post.now = message.next_attempt_at - dt.timedelta(milliseconds=1)
        assert post.deliver_all(consumer) == 0
        post.now = message.next_attempt_at
    assert message.status == Status.FAILURE
    assert len(waits) == len(RETRY_DELAYS) == 7
    slack = dt.timedelta(seconds=30)  # what the answers took
    for wait, delay in zip(waits, RETRY_DELAYS, strict=True):
        assert delay <= wait <= delay * 1.1 + slack
    ids = {one.headers["webhook-id"] for one in post.receiver.received}
    assert len(post.receiver.received) == 8 and len(ids) == 1
    assert [one.error for one in post.attempts(message)] == ["Answered 500."] * 8


def test_a_later_try_that_works_ends_it(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(503, 200)
    post.deliver_all(consumer)
    post.later(seconds=20)
    post.deliver_all(consumer)
    (message,) = post.messages(consumer)
    assert (message.status, message.attempts) == (Status.SUCCESS, 2)
    assert post.fresh(consumer).failing_since is None


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_only_2xx_is_success_and_redirects_are_not_followed(post: Post, status: int) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(status, Location=post.receiver.url)
    post.deliver_all(consumer)
    assert len(post.receiver.received) == 1
    (message,) = post.messages(consumer)
    assert message.status == Status.ATTEMPTING


def test_an_answer_without_a_body_is_success(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(204)
    post.deliver_all(consumer)
    assert post.messages(consumer)[0].status == Status.SUCCESS


def test_retry_after_holds_back_everything_for_that_receiver(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(429, Retry_After="3600")
    post.deliver_all(consumer)
    post.happen()
    post.publish()
    post.later(minutes=59)
    turn = post.deliver(consumer)
    assert turn.sent == 0
    assert turn.again_at is not None and turn.again_at > post.now
    post.later(minutes=2)
    assert post.deliver_all(consumer) == 2


def test_retry_after_may_be_a_date_and_is_bounded(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    post.receiver.answer(503, Retry_After="Fri, 31 Dec 2099 23:59:59 GMT")
    post.deliver_all(consumer)
    (message,) = post.messages(consumer)
    assert message.next_attempt_at is not None
    wait = message.next_attempt_at - post.now
    assert dt.timedelta(hours=10) <= wait <= dt.timedelta(hours=11)


def test_a_receiver_that_is_gone_is_disabled_at_once(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.happen()
    post.publish()
    post.receiver.answer(410, 410)
    post.deliver_all(consumer)
    found = post.fresh(consumer)
    assert found.is_disabled and "410" in found.disabled_reason
    assert {one.status for one in post.messages(consumer)} == {Status.FAILURE}
    post.happen()
    post.publish()
    assert len(post.messages(consumer)) == 2


def test_five_days_of_nothing_but_failures_disable_and_say_why(post: Post) -> None:
    consumer = post.consumer()
    for _day in range(5):
        post.happen()
        post.publish()
        post.receiver.behaviours.clear()
        post.receiver.answer(*[500] * 10)
        post.deliver(consumer)
        assert not post.fresh(consumer).is_disabled
        post.later(days=1, minutes=1)
    post.happen()
    post.publish()
    post.receiver.behaviours.clear()
    post.receiver.answer(*[500] * 10)
    post.deliver(consumer)
    found = post.fresh(consumer)
    assert found.is_disabled
    assert "5 days" in found.disabled_reason and "500" in found.disabled_reason


def test_one_success_within_the_five_days_keeps_a_receiver(post: Post) -> None:
    consumer = post.consumer()
    for day in range(8):
        post.happen()
        post.publish()
        post.receiver.behaviours.clear()
        post.receiver.answer(*[500 if day != 4 else 200] * 10)
        post.deliver_all(consumer)
        post.later(days=1)
    assert not post.fresh(consumer).is_disabled


def test_a_rotated_secret_and_the_one_before_both_verify_during_the_overlap(post: Post) -> None:
    consumer = post.consumer()
    old = post.secret(consumer)
    with client_scope(post.client_id):
        operations.rotate_secret(
            client_id=post.client_id,
            consumer_id=consumer.id,
            overlap_hours=1,
            actor=FOUNDER,
            at=post.now - dt.timedelta(minutes=59),
        )
    new = post.secret(consumer)
    assert new != old
    for _time in range(2):
        post.happen()
        post.publish()
        post.deliver_all(consumer)
        post.later(seconds=61)
    during, after = post.receiver.received
    assert during.verified(old) == during.verified(new)
    assert after.verified(new)
    with pytest.raises(WebhookVerificationError):
        after.verified(old)


def test_a_receiver_gets_no_more_messages_a_second_than_it_wants(post: Post) -> None:
    consumer = post.consumer(messages_per_second=2)
    for _number in range(5):
        post.happen()
    post.publish()
    sent = []
    for _second in range(3):
        sent.append(post.deliver_all(consumer))
        turn = post.deliver(consumer)
        if turn.again_at is not None:
            assert turn.again_at == post.now + dt.timedelta(seconds=1)
        post.later(seconds=1)
    assert sent == [2, 2, 1]


def test_custom_headers_are_sent_and_sealed(post: Post) -> None:
    consumer = post.consumer(headers={"X-Team": "blue", "Authorization": "Bearer hidden"})
    post.happen()
    post.publish()
    post.deliver_all(consumer)
    (got,) = post.receiver.received
    assert got.headers["x-team"] == "blue"
    assert got.headers["authorization"] == "Bearer hidden"
    found = post.fresh(consumer)
    assert found.header_names == ["X-Team", "Authorization"]
    assert b"hidden" not in bytes(found.headers_ciphertext or b"")
    assert post.secret(consumer).encode() not in bytes(found.secret_ciphertext)


def test_two_workers_never_send_the_same_try(post: Post) -> None:
    consumer = post.consumer()
    post.happen()
    post.publish()
    from bookbridge.bridge.webhooks.operations.delivering import _claim

    first, _again = _claim(post.client_id, consumer.id, post.now)
    second, again_at = _claim(post.client_id, consumer.id, post.now)
    assert (len(first), second) == (1, [])
    assert again_at is not None and again_at > post.now


def test_a_killed_workers_message_is_sent_again_by_another(post: Post) -> None:
    from bookbridge.bridge.webhooks.operations.delivering import _claim

    consumer = post.consumer()
    event_id = post.happen()
    post.publish()
    _claim(post.client_id, consumer.id, post.now)
    assert post.deliver(consumer).sent == 0
    post.later(seconds=61)
    assert post.deliver_all(consumer) == 1
    (message,) = post.messages(consumer)
    assert (message.status, message.failures) == (Status.SUCCESS, 0)
    outcomes = [one.outcome for one in post.attempts(message)]
    assert outcomes == [Attempt.Outcome.INTERRUPTED, Attempt.Outcome.SUCCESS]
    (got,) = post.receiver.received
    assert got.headers["webhook-id"] == str(event_id)


def test_a_message_that_ends_its_workers_again_and_again_is_given_up(post: Post) -> None:
    from bookbridge.bridge.webhooks.operations.delivering import INTERRUPTIONS_MAX, _claim

    consumer = post.consumer()
    post.happen()
    post.publish()
    for _time in range(INTERRUPTIONS_MAX):
        assert len(_claim(post.client_id, consumer.id, post.now)[0]) == 1
        post.later(seconds=61)
    assert post.deliver(consumer).sent == 0
    assert post.messages(consumer)[0].status == Status.FAILURE


def test_one_clients_consumers_hear_nothing_of_anothers_events(post: Post, stranger: Api) -> None:
    other = Post(stranger.client_id, post.receiver, post.now)
    consumer = other.consumer()
    post.happen()
    post.publish()
    other.publish()
    assert other.messages(consumer) == []
    with client_scope(post.client_id), pytest.raises(queries.ConsumerNotFoundError):
        queries.consumer(post.client_id, consumer.id)


def test_what_arrives_in_the_turn_that_disables_its_consumer_has_arrived(post: Post) -> None:
    consumer = post.consumer()
    for _number in range(3):
        post.happen()
    post.publish()
    post.receiver.answer(410, 200, 500)
    post.deliver(consumer)
    assert post.fresh(consumer).is_disabled
    statuses = sorted(one.status for one in post.messages(consumer))
    assert statuses == [Status.FAILURE, Status.FAILURE, Status.SUCCESS]


def test_a_dead_receivers_backlog_waits(post: Post) -> None:
    from bookbridge.kit.processes.ports import free_port

    consumer = post.consumer(url=f"http://127.0.0.1:{free_port()}/")
    for _number in range(6):
        post.happen()
    post.publish()
    assert post.deliver(consumer).sent == 4
    turn = post.deliver(consumer)
    assert turn.sent == 0
    assert turn.again_at is not None and turn.again_at >= post.now + dt.timedelta(seconds=60)
    post.later(seconds=90)
    assert post.deliver(consumer).sent == 4
