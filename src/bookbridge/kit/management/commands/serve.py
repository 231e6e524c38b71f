"""`serve`: the web server of one half, in the foreground."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from bookbridge.kit.env import Env
from bookbridge.kit.processes.parent import end_with_parent, supervising_parent

PORT_DEFAULT = 8000
THREADS_DEFAULT = 8
WORKERS_MAX_BY_DEFAULT = 4
# Idle threads keep their database connection; ending them too soon costs a reconnection.
THREAD_IDLE_SECONDS = 60
STOP_SECONDS_MAX = 10


class Command(BaseCommand):
    help = "Run this half's web server."
    # `migrate` made the checks; a restart after a crash should not wait for them.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        public = urlsplit(settings.PUBLIC_URL).port
        parser.add_argument("--port", type=int, default=public or PORT_DEFAULT)

    def handle(self, *args: Any, **options: Any) -> None:
        end_with_parent(supervising_parent())
        env = Env()
        workers = min(WORKERS_MAX_BY_DEFAULT, max(1, (os.cpu_count() or 1) // 2))
        Granian(
            "bookbridge.kit.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=env.whole_number("BOOKBRIDGE_WEB_WORKERS", workers, 1, 64),
            blocking_threads=env.whole_number("BOOKBRIDGE_WEB_THREADS", THREADS_DEFAULT, 1, 256),
            blocking_threads_idle_timeout=THREAD_IDLE_SECONDS,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS_MAX,
            # Addresses carry OAuth codes and keys: no access log.
            log_access=False,
            log_level=LogLevels.error,
        ).serve()
