"""Bookbridge: an accounting-data platform (`bridge`) and a bookkeeping application (`books`)."""

__version__ = "0.1.0"
