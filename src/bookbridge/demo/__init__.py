"""The demo: a believable business, kept in `books`, linked and synced through the front door."""

from bookbridge.demo.command import main

__all__ = ["main"]
