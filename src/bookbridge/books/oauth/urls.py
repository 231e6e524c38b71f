"""OAuth endpoints (no trailing slash, as the known clients call them) and the app register."""

from django.urls import path
from oauth2_provider.views import RevokeTokenView, TokenView

from bookbridge.books.oauth import views
from bookbridge.books.oauth.consent import AuthorizeView

urlpatterns = [
    path("oauth/authorize", AuthorizeView.as_view(), name="oauth_authorize"),
    path("oauth/token", TokenView.as_view(), name="oauth_token"),
    path("oauth/revoke", RevokeTokenView.as_view(), name="oauth_revoke"),
    path("connected-apps", views.connected_apps, name="connected_apps"),
    path("connected-apps/<int:consent_id>/withdrawal", views.withdrawal, name="oauth_withdrawal"),
    path("developers/apps", views.apps, name="oauth_apps"),
    path("developers/apps/<int:app_request_id>/keys", views.app_keys, name="oauth_app_keys"),
    path("staff/apps", views.approvals, name="oauth_approvals"),
    path("staff/apps/<int:app_request_id>/approval", views.approval, name="oauth_approval"),
]
