"""Customers and suppliers: lists and forms."""

from django.urls import URLPattern, path

from bookbridge.books.contacts import views
from bookbridge.books.contacts.views import CUSTOMERS, SUPPLIERS, Side


def _pages(side: Side) -> list[URLPattern]:
    word, at = side.word, f"companies/<int:organisation_id>/{side.word}s"
    given = {"side": side}
    return [
        path(at, views.contacts, given, name=f"{word}s"),
        path(f"{at}/new", views.new_contact, given, name=f"new_{word}"),
        path(f"{at}/options", views.contact_options, given, name=f"{word}_options"),
        path(f"{at}/<int:contact_id>/edit", views.edit_contact, given, name=f"edit_{word}"),
        path(
            f"{at}/<int:contact_id>/archive", views.contact_archive, given, name=f"archive_{word}"
        ),
    ]


urlpatterns = [*_pages(CUSTOMERS), *_pages(SUPPLIERS)]
