"""The world that the stories happen in: one installation for the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bookbridge.demo.installation import Ready
from bookbridge.demo.syncing import BridgeApi
from tests.conftest import Installation
from tests.stories.proxy import proxy_to
from tests.stories.shop import shop_steps
from tests.stories.world import Business, World

NAMES = ("bridge_url", "api_url", "api_key", "portal_email", "portal_password", "books_url")


@pytest.fixture(scope="session")
def shared_world(
    running_installation: Installation, installation: dict[str, Any]
) -> Iterator[World]:
    values = {name: str(installation[name]) for name in NAMES}
    ready = Ready(**values, outbox=Path(installation["outbox"]))
    with proxy_to(ready.books_url) as proxy:
        world = World(running_installation, ready, proxy, BridgeApi(ready))
        world.set_up()
        yield world
        world.close()


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The session's world, with an honest source at the start and at the end."""
    shared_world.proxy.lie = shared_world.proxy.pause = None
    yield shared_world
    shared_world.proxy.lie = shared_world.proxy.pause = None


@pytest.fixture(scope="session")
def shop(shared_world: World) -> Business:
    """A small business with a bit of everything, shared by tests that do not change it."""
    business = shared_world.new_business()
    business.enter(shop_steps())
    return business
