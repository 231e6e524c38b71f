"""What every connector must do, as tests that its own test class inherits.

Each rule is one test; one that is broken fails with a sentence that says what to do. Only the
other company's HTTP is faked: `answer` plays a healthy source, and each test lets something go
wrong in front of it. See docs/writing-a-connector.md.
"""

from __future__ import annotations

from bookbridge.bridge.connectors.conformance.lists import ListRules
from bookbridge.bridge.connectors.conformance.manifest import ManifestRules
from bookbridge.bridge.connectors.conformance.mapping import MappingRules
from bookbridge.bridge.connectors.conformance.signing_in import SigningInRules
from bookbridge.bridge.connectors.conformance.trouble import TroubleRules

__all__ = ["ConformanceSuite"]


class ConformanceSuite(ManifestRules, SigningInRules, ListRules, TroubleRules, MappingRules):
    """Inherit as a test class; give the connector, a healthy source and one of its paged lists."""
