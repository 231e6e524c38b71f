"""Invoices, credit notes, and a customer's own page."""

from django.urls import path

from bookbridge.books.documents.views import document_urls
from bookbridge.books.sales import views
from bookbridge.books.sales.pages import CREDIT_NOTES, INVOICES

AT = "companies/<int:organisation_id>"
urlpatterns = [
    *document_urls(INVOICES),
    *document_urls(CREDIT_NOTES),
    path(f"{AT}/customers/<int:contact_id>", views.customer, name="customer"),
    path(f"{AT}/invoices/<int:document_id>/write-off", views.write_off, name="write_off_invoice"),
    path(
        f"{AT}/credit-notes/<int:document_id>/allocation",
        views.allocation,
        name="allocate_credit_note",
    ),
]
