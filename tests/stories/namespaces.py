"""Machines of their own, as far as the network goes: namespaces with one cable each to ours.

Needs root and iproute2. All addresses are private to this machine, and all of it is taken down
again at the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Machine:
    """One namespace; `cable` is our end of its only connection."""

    name: str
    cable: str

    def command(self, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.name, *words]

    def cut(self) -> None:
        """Nothing goes in or out, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        _ip("link", "set", self.cable, "up")


@dataclass
class Network:
    """`hub` is the address at which every machine finds what runs here."""

    hub: str
    machines: list[Machine]


def why_impossible() -> str:
    """The reason why namespaces cannot be made here; empty when they can."""
    if os.geteuid() != 0:
        return "namespaces need root"
    if shutil.which("ip") is None:
        return "namespaces need iproute2 (`ip`)"
    name = f"bb{os.getpid()}probe"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode:
        return f"namespaces are not allowed here: {made.stderr.decode().strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return ""


@contextmanager
def network_of(count: int) -> Iterator[Network]:
    """`count` machines with a cable each; the hub's address lives on our loopback."""
    prefix, net = f"bb{os.getpid()}", f"10.{64 + os.getpid() % 128}"
    hub = f"{net}.255.1"
    machines = [Machine(f"{prefix}m{n}", f"{prefix}c{n}") for n in range(count)]
    try:
        _ip("addr", "add", f"{hub}/32", "dev", "lo")
        for number, machine in enumerate(machines):
            _connect(machine, f"{net}.{number}", hub)
        yield Network(hub, machines)
    finally:
        # The cables go with their machines.
        for machine in machines:
            for words in (["link", "del", machine.cable], ["netns", "del", machine.name]):
                subprocess.run(["ip", *words], capture_output=True, check=False)
        subprocess.run(
            ["ip", "addr", "del", f"{hub}/32", "dev", "lo"], capture_output=True, check=False
        )


def _connect(machine: Machine, net: str, hub: str) -> None:
    inside = f"{machine.cable}i"
    _ip("netns", "add", machine.name)
    _ip("link", "add", machine.cable, "type", "veth", "peer", "name", inside)
    _ip("link", "set", inside, "netns", machine.name)
    _ip("addr", "add", f"{net}.1/30", "dev", machine.cable)
    _ip("link", "set", machine.cable, "up")
    within = ["-n", machine.name]
    _ip(*within, "addr", "add", f"{net}.2/30", "dev", inside)
    _ip(*within, "link", "set", "lo", "up")
    _ip(*within, "link", "set", inside, "up")
    _ip(*within, "route", "add", f"{hub}/32", "via", f"{net}.1")


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
