"""Reading data through the public API: lists, the company itself, statements, aged reports, and
what became of them: changes and versions."""

from bookbridge.bridge.records.api import (
    aged,
    attachments,
    changes,
    lists,
    pdf,
    statements,
    versions,
)

urlpatterns = [
    *aged.urlpatterns,
    *statements.urlpatterns,
    *changes.urlpatterns,
    *versions.urlpatterns,
    *attachments.urlpatterns,
    *pdf.urlpatterns,
    *lists.urlpatterns,
]
