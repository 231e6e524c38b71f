"""API: the chart of accounts, projects and the journal."""

from bookbridge.books.ledger.api import accounts, journal, projects

urlpatterns = [*accounts.urlpatterns, *projects.urlpatterns, *journal.urlpatterns]
