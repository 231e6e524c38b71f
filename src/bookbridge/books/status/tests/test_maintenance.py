"""Maintenance: told beforehand, answered with 503, ended early."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from bookbridge.books.organisations.models import User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.status.models import MaintenanceWindow
from bookbridge.books.status.operations import plan_maintenance
from bookbridge.books.status.rules import Window, retry_after_seconds, service_state

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
STAFF = Actor(None, "Stella")


def plan(start: dt.timedelta, end: dt.timedelta, reason: str = "New disks.") -> MaintenanceWindow:
    now = timezone.now()
    return plan_maintenance(
        starts_at=now + start, ends_at=now + end, reason=reason, actor=STAFF, at=now
    )


@pytest.fixture
def staff(owner_user: User) -> Client:
    User.objects.filter(pk=owner_user.pk).update(is_staff=True)
    browser = Client()
    browser.force_login(User.objects.get(pk=owner_user.pk))
    return browser


def test_without_maintenance_all_is_operational() -> None:
    body = json.loads(Client().get("/status.json").content)

    assert body == {
        "state": "operational",
        "message": "All services are running.",
        "current": None,
        "planned": [],
        "history": [],
    }
    assert "Operational" in Client().get("/status").content.decode()


def test_the_api_and_tokens_answer_503_with_retry_after() -> None:
    plan(-HOUR / 60, HOUR / 2)

    assert json.loads(Client().post("/oauth/token").content)["error"] == "temporarily_unavailable"
    for path in ("/api/v1/me", "/oauth/token"):
        answer = Client().post(path)
        assert answer.status_code == 503
        body = json.loads(answer.content)
        assert 0 < int(answer["Retry-After"]) <= 1801
        assert body["retry-after"] == int(answer["Retry-After"])
        assert "New disks." in body["errors"][0]


def test_pages_show_a_calm_notice_and_writes_are_refused() -> None:
    plan(-HOUR / 60, HOUR)

    page = Client().get("/users/sign_up")
    written = Client().post("/users/sign_up", {"email": "x@example.com"})

    assert (page.status_code, written.status_code) == (503, 503)
    assert "being looked after" in page.content.decode()


def test_the_status_page_stays_open_and_tells() -> None:
    plan(-HOUR / 60, HOUR)
    plan(HOUR * 24, HOUR * 26, "Tuesday morning.")

    body = json.loads(Client().get("/status.json").content)

    assert body["state"] == "maintenance"
    assert body["current"]["reason"] == "New disks."
    assert [window["reason"] for window in body["planned"]] == ["Tuesday morning."]
    assert "Tuesday morning." in Client().get("/status").content.decode()


def test_planned_maintenance_changes_nothing_before_it_starts() -> None:
    plan(HOUR, HOUR * 2)

    assert Client().get("/users/sign_in").status_code == 200


def test_staff_plan_end_and_take_back(staff: Client) -> None:
    now = timezone.localtime()
    fields = {
        "starts_at": (now - HOUR).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now + HOUR).strftime("%Y-%m-%dT%H:%M"),
        "reason": "New disks.",
    }
    staff.post("/staff/maintenance", fields)
    assert Client().get("/users/sign_in").status_code == 200
    assert Client().get("/api/v1/me").status_code == 503
    window = MaintenanceWindow.objects.get()
    assert "Open now" in staff.get("/staff/maintenance").content.decode()

    staff.post(f"/staff/maintenance/{window.pk}/end")

    assert Client().get("/api/v1/me").status_code == 401
    assert len(json.loads(Client().get("/status.json").content)["history"]) == 1


def test_staff_start_at_once_after_a_page_that_says_what_it_does(staff: Client) -> None:
    fields = {"minutes": "30", "reason": "New disks."}
    asked = staff.post("/staff/maintenance/now", fields)
    assert "Everybody is kept out at once" in asked.content.decode()
    assert Client().get("/users/sign_up").status_code == 200

    staff.post("/staff/maintenance/now", fields | {"confirmed": "yes"})

    window = MaintenanceWindow.objects.get()
    assert window.ends_at - window.starts_at == HOUR / 2
    assert Client().get("/users/sign_up").status_code == 503
    page = staff.get("/staff/maintenance").content.decode()
    assert "Open now" in page and "Start now" not in page
    asked = staff.get(f"/staff/maintenance/{window.pk}/end")
    assert "End the maintenance now?" in asked.content.decode()
    assert Client().get("/users/sign_up").status_code == 503


@pytest.mark.parametrize("fields", [{"minutes": "0", "reason": "x"}, {"minutes": "5"}])
def test_a_start_without_length_or_reason_is_refused(staff: Client, fields: dict[str, str]) -> None:
    assert staff.post("/staff/maintenance/now", fields).status_code == 422
    assert not MaintenanceWindow.objects.exists()


def test_a_planned_window_is_taken_back_after_a_question(staff: Client) -> None:
    window = plan(HOUR, HOUR * 2)
    end = f"/staff/maintenance/{window.pk}/end"
    assert "Take this maintenance back?" in staff.get(end).content.decode()
    assert len(json.loads(Client().get("/status.json").content)["planned"]) == 1

    staff.post(end)

    body = json.loads(Client().get("/status.json").content)
    assert (body["planned"], body["history"]) == ([], [])
    assert staff.get(end).status_code == 302


def test_what_was_typed_comes_back_to_be_sent_again(staff: Client) -> None:
    plan(-HOUR / 60, HOUR)
    page = staff.post("/1/customers/new", {"name": '"Kiln" & Co', "tags": ["a", "b"]})

    text = page.content.decode()
    assert page.status_code == 503
    assert '<input type="hidden" name="name" value="&quot;Kiln&quot; &amp; Co">' in text
    assert text.count('name="tags"') == 2
    assert "Send it again" in text


@pytest.mark.parametrize("field", ["password1", "client_secret"])
def test_nothing_secret_comes_back(staff: Client, field: str) -> None:
    plan(-HOUR / 60, HOUR)
    text = staff.post("/users/sign_up", {"email": "x@example.com", field: "hush-hush"}).content

    assert b"hush-hush" not in text and b"Send it again" not in text
    assert b"was not written" in text


def test_what_another_site_sent_does_not_come_back_with_a_button_of_ours() -> None:
    plan(-HOUR / 60, HOUR)
    strict = Client(enforce_csrf_checks=True)
    text = strict.post("/1/customers/new", {"name": "Planted"}).content

    assert b"Planted" not in text and b"Send it again" not in text


def test_impossible_times_are_refused_with_a_sentence(staff: Client) -> None:
    fields = {"starts_at": "2020-01-02T06:00", "ends_at": "2020-01-01T06:00", "reason": "x"}

    answer = staff.post("/staff/maintenance", fields)

    assert answer.status_code == 422
    assert "must end after it starts" in answer.content.decode()
    assert not MaintenanceWindow.objects.exists()


def test_only_staff_plan(stranger_user: User) -> None:
    browser = Client()
    browser.force_login(stranger_user)

    assert browser.get("/staff/maintenance").status_code == 403


def test_the_command_plans_and_ends() -> None:
    out = io.StringIO()
    later = (timezone.now() + HOUR).isoformat()
    call_command(
        "plan_maintenance", "--from=now", f"--to={later}", "--reason=New disks.", stdout=out
    )
    assert Client().get("/api/v1/me").status_code == 503

    call_command("plan_maintenance", "--end-now", stdout=out)

    assert Client().get("/api/v1/me").status_code == 401
    assert "Maintenance ended." in out.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--from=now", "--to=nonsense", "--reason=x"],
        ["--from=now", "--to=2020-13-41T00:00", "--reason=x"],
        ["--from=now", "--to=2020-01-01T00:00", "--reason=x"],
    ],
)
def test_the_command_explains_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("plan_maintenance", *arguments)


def test_states_and_waits_follow_from_the_windows_alone() -> None:
    at = dt.datetime(2026, 3, 17, 6, tzinfo=dt.UTC)
    past = Window(1, at - 3 * HOUR, at - 2 * HOUR, "past")
    now = Window(2, at, at + HOUR, "now")
    later = Window(3, at + HOUR, at + 2 * HOUR, "later")

    state = service_state([later, now, past], at)

    assert (state.current, state.planned, state.history) == (now, (later,), (past,))
    assert service_state([now], at + HOUR).current is None
    assert retry_after_seconds(at + HOUR * 5, at) == 3600
    assert retry_after_seconds(at, at) == 1
