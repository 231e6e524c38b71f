"""Who Pandle is to the public API, and what a client needs to set it up."""

from __future__ import annotations

from bookbridge.bridge.connectors.contract import Manifest, WeeklyWindow
from bookbridge.bridge.datatypes import ORDER

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
)
