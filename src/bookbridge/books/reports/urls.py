"""The dashboard, the reports, and the postings behind their figures."""

from django.urls import path

from bookbridge.books.reports import views
from bookbridge.books.reports.dashboard import dashboard

AT = "companies/<int:organisation_id>"
urlpatterns = [
    path(AT, dashboard, name="dashboard"),
    path(f"{AT}/reports", views.reports, name="reports"),
    *(
        path(
            f"{AT}/reports/{page.name}",
            views.report,
            {"page": page},
            name=page.name.replace("-", "_"),
        )
        for page in views.REPORTS
    ),
    path(f"{AT}/accounts/<int:account_id>", views.account, name="account"),
]
