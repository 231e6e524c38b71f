"""Figures for Prometheus: only with the token, and over every client."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

TOKEN = "a-token-for-prometheus"


@pytest.mark.django_db
def test_metrics_are_not_there_without_the_token(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Browser().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert Browser().get("/metrics").status_code == 404
    wrong = Browser().get("/metrics", headers={"Authorization": "Bearer another"})
    assert wrong.status_code == 404


@pytest.mark.django_db
def test_metrics_tell_of_workers_and_budgets(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    reply = Browser().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200
    families = {one.name: one for one in text_string_to_metric_families(reply.content.decode())}
    assert families["bookbridge_workers"].samples[0].value == 0
    assert families["bookbridge_budgets_held"].samples[0].value == 0
