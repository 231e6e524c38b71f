"""The chart of accounts and the journal."""

from django.urls import path

from bookbridge.books.ledger import views

AT = "companies/<int:organisation_id>"
urlpatterns = [
    path(f"{AT}/accounts", views.accounts, name="accounts"),
    path(f"{AT}/accounts/new", views.new_account, name="new_account"),
    path(f"{AT}/journals", views.journals, name="journals"),
    path(f"{AT}/journals/new", views.new_adjustment, name="new_adjustment"),
    path(f"{AT}/journals/<int:entry_id>", views.journal, name="journal"),
]
