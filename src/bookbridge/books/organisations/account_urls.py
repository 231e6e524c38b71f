"""Sign-up, sign-in, confirmation and password pages, under /users/."""

from allauth.account import views
from django.urls import path, re_path

urlpatterns = [
    path("users/sign_up", views.signup, name="account_signup"),
    path("users/sign_in", views.login, name="account_login"),
    path("users/sign_out", views.logout, name="account_logout"),
    path("users/inactive", views.account_inactive, name="account_inactive"),
    path(
        "users/confirmation",
        views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    re_path(
        r"^users/confirmation/(?P<key>[-:\w]+)$", views.confirm_email, name="account_confirm_email"
    ),
    path("users/password", views.password_change, name="account_change_password"),
    path("users/password/new", views.password_reset, name="account_reset_password"),
    path("users/password/new/sent", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^users/password/edit/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "users/password/changed",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("users/password/set", views.password_set, name="account_set_password"),
    path("users/email", views.email, name="account_email"),
    path("users/confirm_access", views.reauthenticate, name="account_reauthenticate"),
]
