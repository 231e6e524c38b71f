"""API: bank accounts, what went through them, and statement lines to check."""

from bookbridge.books.banking.api import accounts, imported, transactions

urlpatterns = [*accounts.urlpatterns, *transactions.urlpatterns, *imported.urlpatterns]
