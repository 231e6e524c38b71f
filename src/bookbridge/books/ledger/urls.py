"""The chart of accounts and the journal."""

from django.urls import path

from bookbridge.books.ledger import project_views, views

AT = "companies/<int:organisation_id>"
urlpatterns = [
    path(f"{AT}/accounts", views.accounts, name="accounts"),
    path(f"{AT}/accounts/new", views.new_account, name="new_account"),
    path(f"{AT}/journals", views.journals, name="journals"),
    path(f"{AT}/journals/new", views.new_adjustment, name="new_adjustment"),
    path(f"{AT}/journals/<int:entry_id>", views.journal, name="journal"),
    path(f"{AT}/projects", project_views.projects, name="projects"),
    path(f"{AT}/projects/new", project_views.new_project, name="new_project"),
    path(f"{AT}/projects/<int:project_id>/edit", project_views.edit_project, name="edit_project"),
]
