"""The front door, and an organisation's own settings."""

from django.urls import path

from bookbridge.books.organisations import views

urlpatterns = [
    path("", views.home, name="home"),
    path("companies", views.organisations, name="organisations"),
    path("companies/new", views.new_organisation, name="new_organisation"),
    path("companies/<int:organisation_id>/settings", views.profile, name="settings"),
    path("companies/<int:organisation_id>/settings/members", views.members, name="members"),
    path(
        "companies/<int:organisation_id>/settings/members/<int:user_id>/removal",
        views.member_removal,
        name="member_removal",
    ),
    path("companies/<int:organisation_id>/settings/lock", views.lock, name="lock"),
]
