"""Sync settings in the public API, of a client and of one company."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.names import is_public
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment, without_nulls
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import SyncSetting
from bookbridge.bridge.sync.operations import (
    NewSyncSetting,
    drop_sync_settings,
    save_sync_settings,
)
from bookbridge.bridge.sync.queries import sync_settings
from bookbridge.bridge.sync.type_settings import effective_settings

SETTINGS_MAX = 200
Hours = Annotated[int, msgspec.Meta(ge=0, le=24 * 366)]
Months = Annotated[int, msgspec.Meta(ge=0, le=1200)]
Order = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class SyncSettingBody(msgspec.Struct):
    """One data type's settings as they are sent."""

    dataType: str
    fetchOnFirstLink: bool
    syncSchedule: Hours
    syncOrder: Order
    syncFromUtc: dt.datetime | None = None
    syncFromWindow: Months | None = None
    monthsToSync: Months | None = None
    isLocked: bool = False


class SyncSettingsBody(msgspec.Struct):
    """All settings of one level; without `overridesDefaults` the level's own are dropped."""

    settings: Annotated[list[SyncSettingBody], msgspec.Meta(max_length=SETTINGS_MAX)]
    overridesDefaults: bool = True
    # Whose they are is known: the key says the client, the path the company.
    clientId: UUID | None = None
    companyId: UUID | None = None


class SyncSettingReply(msgspec.Struct, omit_defaults=True):
    """What holds for one data type."""

    dataType: str
    fetchOnFirstLink: bool
    syncSchedule: int
    syncOrder: int
    isLocked: bool
    syncFromUtc: str | None = None
    syncFromWindow: int | None = None
    monthsToSync: int | None = None


class ClientSettings(msgspec.Struct):
    """What holds for all companies of a client that have no settings of their own."""

    clientId: UUID
    settings: list[SyncSettingReply]
    overridesDefaults: bool


class CompanySettings(msgspec.Struct):
    """What holds for one company."""

    companyId: UUID
    settings: list[SyncSettingReply]
    overridesDefaults: bool


def _body(chosen: SyncSetting) -> dict[str, Any]:
    return without_nulls(
        {
            "dataType": chosen.data_type,
            "fetchOnFirstLink": chosen.fetch_on_first_link,
            "syncSchedule": chosen.sync_schedule_hours,
            "syncOrder": chosen.sync_order,
            "syncFromUtc": moment(chosen.sync_from),
            "syncFromWindow": chosen.sync_from_window_months,
            "monthsToSync": chosen.months_to_sync,
            "isLocked": chosen.is_locked,
        }
    )


def _reply(call: Call, company_id: UUID | None, owner: dict[str, UUID]) -> HttpResponse:
    return json_reply(
        {
            **owner,
            "settings": [_body(one) for one in effective_settings(call.client_id, company_id)],
            "overridesDefaults": sync_settings(call.client_id, company_id).exists(),
        }
    )


def _choose(call: Call, company_id: UUID | None) -> HttpResponse:
    sent = call.body(SyncSettingsBody)
    _check(company_id, sent)
    chosen = [one for setting in sent.settings if (one := _chosen(setting)) is not None]
    if sent.overridesDefaults:
        save_sync_settings(client_id=call.client_id, company_id=company_id, settings=chosen)
    else:
        drop_sync_settings(client_id=call.client_id, company_id=company_id)
    return empty_reply(204)


def _check(company_id: UUID | None, sent: SyncSettingsBody) -> None:
    """Settings of another company were sent to the wrong address."""
    if sent.companyId is not None and sent.companyId != company_id:
        raise bad_request(_("companyId is not that of the path."))
    names = [one.dataType for one in sent.settings]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise bad_request(_("%(data_type)s is set twice.") % {"data_type": twice[:100]})


def _chosen(sent: SyncSettingBody) -> NewSyncSetting | None:
    """None for a type of the public API that no source of ours has: nothing reads it."""
    if not is_public(sent.dataType):
        raise bad_request(_("There is no data type '%(key)s'.") % {"key": sent.dataType[:100]})
    if sent.dataType not in set(DataType):
        return None
    since = sent.syncFromUtc
    if since is not None and sent.syncFromWindow is not None:
        raise bad_request(
            _("%(data_type)s: set syncFromUtc or syncFromWindow, not both.")
            % {"data_type": sent.dataType}
        )
    return NewSyncSetting(
        data_type=DataType(sent.dataType),
        fetch_on_first_link=sent.fetchOnFirstLink,
        sync_schedule_hours=sent.syncSchedule,
        sync_order=sent.syncOrder,
        sync_from=since.replace(tzinfo=dt.UTC) if since and not since.tzinfo else since,
        sync_from_window_months=sent.syncFromWindow,
        months_to_sync=sent.monthsToSync,
        is_locked=sent.isLocked,
    )


@operation("get-profile-syncSettings", "The client's sync settings", reply=ClientSettings)
def get_client_settings(call: Call) -> HttpResponse:
    return _reply(call, None, {"clientId": call.client_id})


@operation(
    "update-profile-syncSettings",
    "Choose the client's sync settings",
    body=SyncSettingsBody,
    status=204,
)
def set_client_settings(call: Call) -> HttpResponse:
    return _choose(call, None)


@operation("get-company-syncSettings", "One company's sync settings", reply=CompanySettings)
def get_company_settings(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    return _reply(call, company_id, {"companyId": company_id})


@operation(
    "set-company-syncSettings",
    "Choose one company's sync settings",
    body=SyncSettingsBody,
    status=204,
)
def set_company_settings(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    return _choose(call, company_id)


urlpatterns = [
    path("profile/syncSettings", endpoint(GET=get_client_settings, POST=set_client_settings)),
    path(
        "companies/<uuid:company_id>/syncSettings",
        endpoint(GET=get_company_settings, POST=set_company_settings),
    ),
]
