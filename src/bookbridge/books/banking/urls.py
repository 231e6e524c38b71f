"""Bank accounts, what went through them, and the lines to check."""

from django.urls import path

from bookbridge.books.banking import checking, entering, views

AT = "companies/<int:organisation_id>/bank"
ONE = f"{AT}/<int:bank_account_id>"
MONEY = f"{AT}/transactions/<int:bank_transaction_id>"
urlpatterns = [
    path(AT, views.bank_accounts, name="bank_accounts"),
    path(f"{AT}/new", views.new_bank_account, name="new_bank_account"),
    path(ONE, views.bank_account, name="bank_account"),
    path(f"{ONE}/new", entering.new_transaction, name="new_bank_transaction"),
    path(f"{ONE}/check", checking.check, name="bank_check"),
    path(
        f"{ONE}/check/<int:imported_id>/confirmation",
        checking.confirmation,
        name="bank_confirmation",
    ),
    path(MONEY, views.bank_transaction, name="bank_transaction"),
    path(f"{MONEY}/allocation", views.transaction_allocation, name="allocate_bank_transaction"),
    path(f"{MONEY}/void", views.void_transaction, name="void_bank_transaction"),
]
