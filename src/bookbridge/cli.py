"""`bookbridge`: the one command. It parses, makes one call, and prints."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from bookbridge import __version__
from bookbridge.kit.env import SettingError
from bookbridge.kit.installation import HALVES, RunningInstallation, ServeOptions, open_half
from bookbridge.kit.installation.environment import detached_environment
from bookbridge.kit.installation.first_run import FirstRunError
from bookbridge.kit.installation.halves import default_data_dir, half_named
from bookbridge.kit.installation.own_server import prepare_own_server
from bookbridge.kit.installation.running import StartError
from bookbridge.kit.postgres import EmbeddedPostgresError
from bookbridge.kit.processes import TooManyRestartsError
from bookbridge.kit.processes.ports import PortInUseError
from bookbridge.upkeep import command as upkeep
from bookbridge.upkeep.errors import UpkeepError
from bookbridge.verification import command as verification

REFUSALS = (
    EmbeddedPostgresError,
    FirstRunError,
    PortInUseError,
    SettingError,
    StartError,
    TooManyRestartsError,
    UpkeepError,
)
# These only write files.
DETACHED_COMMANDS = frozenset({"new_connector"})
# These change or read the schema, which only its owner may.
OWNER_COMMANDS = frozenset({"migrate", "showmigrations", "sqlmigrate", "dbshell"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in {half.name for half in HALVES}:
            return _half(arguments[0], arguments[1:])
        if arguments and arguments[0] == "demo":
            from bookbridge.demo import main as demo

            return int(demo(arguments[1:]) or 0)
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except REFUSALS as refusal:
        sys.stderr.write(f"bookbridge: {refusal}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookbridge", description="Books and bridge, one command."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="run both halves in the foreground")
    serve.add_argument("--data-dir", type=Path, default=None, metavar="DIR")
    serve.add_argument("--bridge-port", type=int, default=8000, metavar="PORT")
    serve.add_argument("--books-port", type=int, default=8001, metavar="PORT")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--ready-file", type=Path, default=None, metavar="FILE")
    serve.set_defaults(run=_serve)
    prepare = commands.add_parser(
        "prepare_database", help="make a half's database and roles on a server of yours"
    )
    prepare.add_argument("half", choices=[half.name for half in HALVES])
    prepare.add_argument("--database", default=None, help="its name; default: the half's")
    prepare.set_defaults(run=_prepare_database)
    verify = commands.add_parser(
        "verify", help="check a certificate, a receipt or an evidence pack; needs no database"
    )
    verification.add_arguments(verify)
    verify.set_defaults(run=verification.run)
    upkeep.add_commands(commands)
    # Named here for the help alone: their arguments belong to Django and to the demo.
    for half in HALVES:
        commands.add_parser(half.name, help=f"a command of {half.name}, such as migrate or worker")
    commands.add_parser("demo", help="run the whole story on a demo business")
    return parser


def _serve(options: argparse.Namespace) -> int:
    stop = _StopSignals()
    installation = RunningInstallation(
        ServeOptions(
            data_dir=(options.data_dir or default_data_dir()).expanduser().absolute(),
            host=options.host,
            bridge_port=options.bridge_port,
            books_port=options.books_port,
            ready_file=options.ready_file.absolute() if options.ready_file else None,
        ),
        log=_say,
    )
    try:
        with installation as running:
            stop.is_polite = True
            _say(f"bridge  {running.ready['bridge_url']}")
            _say(f"books   {running.ready['books_url']}")
            _say(
                f"sign-ins: {running.options.data_dir / 'first-run.json'}. Ctrl-C stops everything."
            )
            running.supervise(lambda: stop.was_asked)
            _say("stopping")
    except KeyboardInterrupt:
        return 130
    return 0


class _StopSignals:
    """Orders to stop: before everything runs they interrupt, afterwards they are noted."""

    def __init__(self) -> None:
        self.was_asked = False
        self.is_polite = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.is_polite or self.was_asked:
            self.was_asked = True
            return
        self.was_asked = True
        raise KeyboardInterrupt


def _half(name: str, arguments: list[str]) -> int:
    data_dir = default_data_dir()
    if len(arguments) >= 2 and arguments[0] == "--data-dir":
        data_dir = Path(arguments[1]).expanduser()
        arguments = arguments[2:]
    command = arguments[0] if arguments else "help"
    is_owner = command in OWNER_COMMANDS
    half = half_named(name)
    # Orderly end: the context below must stop the server that it may have started.
    signal.signal(signal.SIGTERM, _exit)
    opened: contextlib.AbstractContextManager[dict[str, str]] = (
        contextlib.nullcontext(detached_environment(half, os.environ))
        if command in DETACHED_COMMANDS
        else open_half(half, data_dir.absolute(), is_owner=is_owner)
    )
    with opened as environment:
        os.environ.clear()
        os.environ.update(environment)
        has_owner = bool(environment.get(half.variable("OWNER_DATABASE_URL")))
        if is_owner and has_owner and not any(a.startswith("--database") for a in arguments):
            arguments = [*arguments, "--database", "owner"]
        from django.core.management import execute_from_command_line

        execute_from_command_line([f"bookbridge {name}", *arguments])
    return 0


def _prepare_database(options: argparse.Namespace) -> int:
    half = half_named(options.half)
    for name, value in prepare_own_server(half, options.database or half.name).items():
        sys.stdout.write(f"{name}={value}\n")
    return 0


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _say(line: str) -> None:
    # A closed terminal or pipe must not stop what runs.
    with contextlib.suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
