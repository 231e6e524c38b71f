"""One data directory, and the two halves that run on it."""

from bookbridge.kit.installation.databases import open_half
from bookbridge.kit.installation.halves import BOOKS, BRIDGE, HALVES, Half
from bookbridge.kit.installation.running import RunningInstallation, ServeOptions

__all__ = [
    "BOOKS",
    "BRIDGE",
    "HALVES",
    "Half",
    "RunningInstallation",
    "ServeOptions",
    "open_half",
]
