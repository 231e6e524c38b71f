"""Fixtures of every test of the bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bookbridge.kit.testing import django_db_setup

if TYPE_CHECKING:
    from bookbridge.bridge.api.tests.cast import Api

__all__ = ["django_db_setup"]


@pytest.fixture
def lender(db: None) -> Api:
    """The public API as a client calls it that reads its customers' books."""
    from bookbridge.bridge.api.tests.cast import new_api

    return new_api("Lender Ltd")


@pytest.fixture
def stranger(db: None) -> Api:
    """Another client, who must never see the lender's."""
    from bookbridge.bridge.api.tests.cast import new_api

    return new_api("Stranger Ltd")
