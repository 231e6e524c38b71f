"""Enters the worked example through the API, with whatever sends the requests. Pure Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .documents import STEPS

PLACE = re.compile(r"<([^<>]+)>")
# Each gets a path below the company and answers the decoded body.
Post = Callable[[str, dict[str, Any]], dict[str, Any]]
Get = Callable[[str], dict[str, Any]]


def enter_documents(post: Post, get: Get) -> dict[str, str]:
    """Enters everything in order; returns the id of each thing by the example's name for it."""
    ids = {
        f"account {account['attributes']['nominal-code']}": account["id"]
        for account in get("nominal_accounts")["data"]
    }
    for step in STEPS:
        made = post(filled(step.path, ids), filled(step.body, ids))
        ids[step.name] = made["data"]["id"]
    return ids


def filled(value: Any, ids: dict[str, str]) -> Any:
    """The value with every `<name>` replaced by its id."""
    if isinstance(value, str):
        return PLACE.sub(lambda found: ids[found.group(1)], value)
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    return value
