"""Bills, supplier credit notes, and a supplier's own page."""

from django.urls import path

from bookbridge.books.documents.views import document_urls
from bookbridge.books.purchases import views
from bookbridge.books.purchases.pages import BILL_CREDIT_NOTES, BILLS

AT = "companies/<int:organisation_id>"
urlpatterns = [
    *document_urls(BILLS),
    *document_urls(BILL_CREDIT_NOTES),
    path(f"{AT}/suppliers/<int:contact_id>", views.supplier, name="supplier"),
    path(
        f"{AT}/bill-credit-notes/<int:document_id>/allocation",
        views.allocation,
        name="allocate_bill_credit_note",
    ),
]
