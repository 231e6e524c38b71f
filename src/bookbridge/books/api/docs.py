"""The API's own short pages: what it offers and how apps sign in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html")


@require_safe
def oauth_guide(request: HttpRequest) -> HttpResponse:
    return render(request, "api/oauth.html")
