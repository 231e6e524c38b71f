"""Rules on what a connector says about itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from uuid import UUID

from bookbridge.bridge.connectors.conformance.setting import Setting, check
from bookbridge.bridge.datatypes import ORDER

KEY = re.compile(r"[a-z0-9]{4}")
# Hosts that no platform has: the skeleton's, and those reserved for examples (RFC 2606).
PLACEHOLDERS = (".invalid", ".example", "example.com")


class ManifestRules(Setting):
    """Who the platform is, and what is read from it."""

    def test_the_manifest_names_the_platform(self) -> None:
        manifest = self.connector.manifest
        check(
            KEY.fullmatch(manifest.key),
            f"manifest.key is {manifest.key!r}: write four small letters or digits of your own.",
        )
        for name in ("source_id", "integration_id"):
            check(
                _is_uuid(getattr(manifest, name)),
                f"manifest.{name} is no UUID: make one with `python -m uuid`, once, and keep it.",
            )
        check(
            manifest.source_id != manifest.integration_id,
            "manifest.source_id and integration_id are the same: make two UUIDs.",
        )
        for name in ("name", "description"):
            check(
                str(getattr(manifest, name)).strip(),
                f"manifest.{name} is empty: owners read it in Link; write it for them.",
            )

    def test_the_manifest_names_the_real_host(self) -> None:
        host = self.connector.manifest.default_host
        parts = urlsplit(host)
        check(
            parts.scheme == "https" and parts.hostname and not parts.path.strip("/"),
            f"manifest.default_host is {host!r}: write https:// and the host name, without a path.",
        )
        check(
            not (parts.hostname or "").endswith(PLACEHOLDERS),
            f"manifest.default_host is the placeholder {host}: write the platform's own host.",
        )

    def test_the_manifest_lists_data_types_once(self) -> None:
        types = self.connector.manifest.data_types
        check(types, "manifest.data_types is empty: name the data types that mapping gives.")
        check(
            len(set(types)) == len(types),
            "manifest.data_types names a type twice: remove the second.",
        )
        unknown = [one for one in types if one not in ORDER]
        check(not unknown, f"manifest.data_types has {unknown}: choose from datatypes.ORDER.")

    def test_the_mapping_has_a_version(self) -> None:
        check(
            str(self.connector.mapping_version).strip(),
            "mapping_version is empty: write one, and change it whenever mapping changes, or "
            "stored records will not be mapped again.",
        )

    def test_every_resource_names_a_known_parent(self) -> None:
        for name, resource in self.connector.resources.items():
            check(
                resource.name == name,
                f"resources[{name!r}] calls itself {resource.name!r}: use one name.",
            )
            check(
                resource.parent is None or resource.parent in self.connector.resources,
                f"{name} is read under {resource.parent!r}, which is no resource: add it.",
            )

    def test_every_data_type_names_its_resources_parents_first(self) -> None:
        for data_type in self.connector.manifest.data_types:
            names = list(self.connector.resources_for(data_type))
            check(names, f"resources_for({data_type.value}) is empty: name what mapping reads.")
            for place, name in enumerate(names):
                check(
                    name in self.connector.resources,
                    f"resources_for({data_type.value}) names {name!r}: add it to resources.",
                )
                parent = self.connector.resources[name].parent
                check(
                    parent is None or parent in names[:place],
                    f"resources_for({data_type.value}) has {name} before {parent}: parents first.",
                )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
