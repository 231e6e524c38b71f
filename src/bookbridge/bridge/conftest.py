"""Fixtures of every test of the bridge."""

from bookbridge.kit.testing import django_db_setup

__all__ = ["django_db_setup"]
