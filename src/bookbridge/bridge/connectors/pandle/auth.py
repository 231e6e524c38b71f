"""OAuth 2 with Pandle: authorisation code and refresh, as its own page documents them (D).

The token endpoint answers errors as `{"error", "error_description"}` (N). Where the reply does not
say how long a token lasts, the source's known client assumes two hours (N).
"""

from __future__ import annotations

from bookbridge.bridge.connectors.oauth import OAuth
from bookbridge.bridge.connectors.pandle.manifest import MANIFEST

OAUTH = OAuth(MANIFEST.name, expires_in_seconds=7200)
