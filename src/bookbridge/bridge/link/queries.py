"""What Link's pages show to an owner, who has no account here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.contract import Manifest
from bookbridge.bridge.integrations.queries import list_integrations


@dataclass(frozen=True)
class ConsentSection:
    """One of the five parts of what the owner agrees to."""

    title: str
    text: str


def software_choices(client: Client, search: str) -> list[Manifest]:
    """The integrations that the client has switched on and that match the search."""
    return [
        found.manifest
        for found in list_integrations(client.id)
        if found.is_enabled and search.lower() in found.manifest.name.lower()
    ]


def linked_connections(client: Client, company_id: UUID) -> list[Connection]:
    """The live connections of a company, for an owner who comes back."""
    return list(
        Connection.objects.filter(
            client_id=client.id, company_id=company_id, status=Connection.Status.LINKED
        )
    )


def consent_sections(client: Client, manifest: Manifest) -> list[ConsentSection]:
    """Purpose, access, account information, platform data, retention: in plain words."""
    names = {"client": client.name, "software": manifest.name}
    return [
        ConsentSection(
            _("Purpose"),
            _("%(client)s wants to understand your business from its books.") % names,
        ),
        ConsentSection(
            _("Access"),
            _(
                "Bookbridge reads from %(software)s for %(client)s, now and again later to stay "
                "up to date. It reads only; nothing in your books is changed."
            )
            % names,
        ),
        ConsentSection(
            _("Account information"),
            _("The name, address, VAT and registration numbers of the business you choose.")
            % names,
        ),
        ConsentSection(
            _("Data from %(software)s") % names,
            _(
                "Customers, suppliers, invoices, bills, credit notes, payments, bank accounts and "
                "transactions, the chart of accounts, journals, profit and loss and balance sheet."
            ),
        ),
        ConsentSection(
            _("Retention"),
            _(
                "It is kept until %(client)s deletes it. You can stop further reading at any time: "
                "withdraw it in %(software)s under connected apps, or ask %(client)s."
            )
            % names,
        ),
    ]
