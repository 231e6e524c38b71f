"""How a company's name and tags are cleaned: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME_LENGTH_MAX = 255
DESCRIPTION_LENGTH_MAX = 2000
TAGS_MAX = 10
TAG_NAME_LENGTH_MAX = 27
TAG_LENGTH_MAX = 100
PRODUCTS_MAX = 50
PARENTS_MAX = 20
_PRODUCT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NOT_IN_NAMES = re.compile(r"[^\w \-'&@.,?!]|_")


class CompanyInvalidError(Exception):
    """A company's name, description or tags cannot be used."""

    code = "company_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def clean_product(identifier: str) -> str:
    """A product's identifier; raises CompanyInvalidError for what cannot be one."""
    if not _PRODUCT.fullmatch(identifier):
        raise CompanyInvalidError(
            "A product's identifier has letters, digits, '-', '_' and '.', at most 64.",
            field="product",
        )
    return identifier


def clean_name(name: str) -> str:
    """Letters, digits, spaces and - ' & @ . , ? ! stay; other characters are stripped."""
    return " ".join(_NOT_IN_NAMES.sub("", name).split())[:NAME_LENGTH_MAX]


def clean_tags(tags: Mapping[str, object]) -> dict[str, str]:
    """At most ten pairs of short strings; raises CompanyInvalidError otherwise."""
    if len(tags) > TAGS_MAX:
        raise CompanyInvalidError(f"A company has at most {TAGS_MAX} tags.", field="tags")
    cleaned: dict[str, str] = {}
    for key, value in tags.items():
        if not isinstance(value, str) or not key.strip():
            raise CompanyInvalidError("Tags are pairs of strings.", field="tags")
        if len(key) > TAG_NAME_LENGTH_MAX or len(value) > TAG_LENGTH_MAX or "\n" in key:
            raise CompanyInvalidError(
                f"A tag's name has at most {TAG_NAME_LENGTH_MAX} characters, its value at most"
                f" {TAG_LENGTH_MAX}.",
                field="tags",
            )
        cleaned[key.strip()] = value
    return cleaned
