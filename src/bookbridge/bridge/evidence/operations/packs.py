"""Evidence packs are asked for, deleted and, when their time is over, dropped."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.evidence.models import EvidencePack

PACKS_MAX = 20
KEPT_FOR = dt.timedelta(days=30)
BUILD_TASK = "evidence.build_pack"


class PackError(Exception):
    """The pack cannot be made or given."""

    code = "evidence_pack"


class PackNotFoundError(PackError):
    """This company has no such pack."""

    code = "evidence_pack_not_found"


class TooManyPacksError(PackError):
    """A company keeps only so many packs."""

    code = "evidence_packs_too_many"


class FuturePackError(PackError):
    """Nobody knows yet what will be known then."""

    code = "evidence_pack_future"


@transaction.atomic
def request_pack(
    *, client_id: UUID, company_id: UUID, as_of: dt.datetime | None, actor: Actor, at: dt.datetime
) -> EvidencePack:
    """Ask for a pack of what was known at a time, now when none is named; a job makes it."""
    found = company(client_id, company_id)
    # One after another for one company, so that the limit holds.
    Company.objects.select_for_update().get(client_id=client_id, id=found.id)
    if as_of is not None and as_of > at:
        raise FuturePackError(_("The date of the pack is in the future."))
    own = EvidencePack.objects.filter(client_id=client_id, company_id=company_id)
    if own.count() >= PACKS_MAX:
        raise TooManyPacksError(
            _("A company keeps %(count)d packs at most. Delete one first.") % {"count": PACKS_MAX}
        )
    made = EvidencePack.objects.create(
        client_id=client_id,
        company_id=company_id,
        as_of=as_of or at,
        requested_at=at,
        requested_by=actor.name,
        expires_at=at + KEPT_FOR,
    )
    app.configure_task(BUILD_TASK).defer(client_id=str(client_id), pack_id=str(made.id))
    return made


@transaction.atomic
def delete_pack(
    *, client_id: UUID, company_id: UUID, pack_id: UUID, actor: Actor, at: dt.datetime
) -> None:
    """Delete a pack; one that is being made stops."""
    own = EvidencePack.objects.filter(client_id=client_id, company_id=company_id, id=pack_id)
    if not own.delete()[0]:
        raise PackNotFoundError(_("There is no such evidence pack."))


def drop_expired_packs(*, at: dt.datetime) -> int:
    """Drop packs whose time is over, of every client; returns how many."""
    count = 0
    for client_id in all_client_ids():
        with client_scope(client_id):
            over = EvidencePack.objects.filter(client_id=client_id, expires_at__lte=at)
            count += over.delete()[0]
    return count
