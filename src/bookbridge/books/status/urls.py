"""The status page for everybody, and maintenance for staff."""

from django.urls import path

from bookbridge.books.status import views

urlpatterns = [
    path("status", views.status, name="status"),
    path("status.json", views.status_json, name="status_json"),
    path("staff/maintenance", views.maintenance, name="maintenance"),
    path("staff/maintenance/now", views.maintenance_now, name="maintenance_now"),
    path("staff/maintenance/<int:window_id>/end", views.maintenance_end, name="maintenance_end"),
]
