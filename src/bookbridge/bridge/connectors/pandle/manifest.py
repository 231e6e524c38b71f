"""Who Pandle is to the public API, and what a client needs to set it up."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import Manifest, WeeklyWindow
from bookbridge.bridge.datatypes import ORDER

# Drawn by us: a letter on a square, not the platform's own mark.
LOGO_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Pandle">'
    '<rect width="64" height="64" rx="14" fill="#1f6f5c"/>'
    '<path d="M22 50V14h13a11 11 0 0 1 0 22H28" fill="none" stroke="#fff" stroke-width="6" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)

MANIFEST = Manifest(
    key="vjms",
    name="Pandle",
    description=(
        "Cloud bookkeeping for small businesses, bookkeepers and accountants in the United Kingdom."
    ),
    source_id="396c3158-5dd7-481b-a7c4-a795ca31792b",
    integration_id="1c312d69-e638-46d4-ad31-72e6c3ba8390",
    source_type="Accounting",
    default_host="https://my.pandle.com",
    status_url="https://status.pandle.com",
    support_email="support@pandle.com",
    maintenance_note=(
        "Pandle may be down for maintenance on some Tuesday mornings, UK time. Nothing is lost: "
        "reads wait in the queue and go on by themselves."
    ),
    data_types=ORDER,
    # "Some Tuesday mornings, UK time" is published; the hours are inferred.
    known_windows=(WeeklyWindow(weekday=1, from_hour=6, to_hour=12),),
    logo_svg=LOGO_SVG,
)
