"""API: reports and the dashboard's figures."""

from bookbridge.books.reports.api import dashboard, statements

urlpatterns = [*statements.urlpatterns, *dashboard.urlpatterns]
