"""Ports that must be free before anything starts."""

from __future__ import annotations

import socket


class PortInUseError(RuntimeError):
    """Another program listens on the port; the sentence says how to choose another."""

    code = "port_in_use"


def require_free_port(host: str, port: int, option: str) -> None:
    """Raise PortInUseError unless this host and port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what listens there, "
                f"or choose another port with {option}."
            ) from error


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now, and that this process was not told of before."""
    while True:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        # The system may give the same one twice while nobody has taken it.
        if port not in _given:
            _given.add(port)
            return port


_given: set[int] = set()
