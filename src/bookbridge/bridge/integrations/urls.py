"""Pages of integrations that need no sign-in."""

from django.urls import path

from bookbridge.bridge.integrations import views

app_name = "integrations"
urlpatterns = [path("integrations/<str:key>/logo.svg", views.logo, name="logo")]
