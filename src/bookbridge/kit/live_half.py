"""For tests: the real web server and worker of a half, on a database of the test's own."""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from urllib.error import HTTPError

from bookbridge.kit.installation.halves import half_named
from bookbridge.kit.processes import ChildSpec, Supervisor
from bookbridge.kit.processes.ports import free_port
from bookbridge.kit.processes.supervisor import POLL_SECONDS

START_SECONDS_MAX = 60.0
WAIT_SECONDS_MAX = 60.0
WEB, WORKER = "web", "worker"


class LiveHalf:
    """Processes of one half; its database is the one that the test looks at too."""

    def __init__(self, name: str, database_url: str) -> None:
        half = half_named(name)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": half.settings_module,
            half.variable("DATABASE_URL"): database_url,
            half.variable("URL"): self.url,
            "BOOKBRIDGE_WEB_WORKERS": "1",
        }
        environment.pop(half.variable("OWNER_DATABASE_URL"), None)
        django = [sys.executable, "-m", "django"]
        self._supervisor = Supervisor(
            [
                ChildSpec(WEB, [*django, "serve", "--port", str(port)], environment),
                ChildSpec(WORKER, [*django, "worker"], environment, stop_order=1),
            ],
            self.said.append,
        )

    def start(self) -> None:
        self._supervisor.start()
        self.wait_for(self._answers, START_SECONDS_MAX)

    def stop(self) -> None:
        self._supervisor.stop()

    def restart_what_died(self) -> None:
        """What `bookbridge serve` does ten times a second."""
        self._supervisor.check()

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the web server's master (`web`) or the `worker`."""
        os.kill(self._supervisor.pids()[name], number)

    def wait_for(self, happened: Callable[[], object], seconds: float = WAIT_SECONDS_MAX) -> None:
        """Poll until it happened, restarting what died meanwhile."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError("It did not happen. The processes said:\n" + self.log())
            self.restart_what_died()
            time.sleep(POLL_SECONDS)

    def log(self) -> str:
        return "\n".join(self.said[-60:])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5):  # noqa: S310 (our own address)
                return True
        except HTTPError as error:
            return error.code < 500
        except OSError:
            return False
