"""What a connector may do beyond the contract: it has the method, or it has not."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from bookbridge.bridge.connectors.contract import SourceRequest


@runtime_checkable
class GivesInvoicePdfs(Protocol):
    """A source that shows its invoices as PDF files."""

    def invoice_pdf(self, request: SourceRequest, invoice_id: str) -> bytes:
        """The file as the source makes it now. Raises NotSupportedError where it makes none."""
        ...
