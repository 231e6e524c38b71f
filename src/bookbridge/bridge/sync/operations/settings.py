"""How often, how far back and in which order each data type is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import SyncSetting


class SyncSettingLockedError(Exception):
    """The setting of this data type is locked."""

    code = "sync_setting_locked"


@dataclass(frozen=True)
class NewSyncSetting:
    """The settings of one data type, as entered."""

    data_type: DataType
    fetch_on_first_link: bool
    sync_schedule_hours: int
    sync_order: int = 0
    sync_from: dt.datetime | None = None
    sync_from_window_months: int | None = None
    months_to_sync: int | None = None
    is_locked: bool = False


@transaction.atomic
def save_sync_settings(
    *, client_id: UUID, company_id: UUID | None, settings: Iterable[NewSyncSetting]
) -> None:
    """Keep a client's defaults (no company) or one company's own settings."""
    for one in settings:
        row = (
            SyncSetting.objects.select_for_update()
            .filter(client_id=client_id, company_id=company_id, data_type=one.data_type.value)
            .first()
        )
        if row is not None and row.is_locked:
            raise SyncSettingLockedError(
                _("The sync setting of %(type)s is locked.") % {"type": one.data_type.value}
            )
        row = row or SyncSetting(
            client_id=client_id, company_id=company_id, data_type=one.data_type.value
        )
        row.fetch_on_first_link = one.fetch_on_first_link
        row.sync_schedule_hours = one.sync_schedule_hours
        row.sync_order = one.sync_order
        row.sync_from = one.sync_from
        row.sync_from_window_months = one.sync_from_window_months
        row.months_to_sync = one.months_to_sync
        row.is_locked = one.is_locked
        row.save()


def drop_sync_settings(*, client_id: UUID, company_id: UUID | None) -> None:
    """Forget what was chosen at this level: the level below holds again."""
    SyncSetting.objects.filter(client_id=client_id, company_id=company_id).delete()
