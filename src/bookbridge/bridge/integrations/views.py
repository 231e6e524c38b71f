"""The picture of a platform, which its connector brings."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from bookbridge.bridge.integrations.queries import IntegrationNotFoundError, connector_of

SVG = "image/svg+xml"
SECONDS_KEPT = 24 * 60 * 60


@require_GET
@cache_control(public=True, max_age=SECONDS_KEPT)
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The connector's own picture, or the first letter of the platform's name."""
    try:
        manifest = connector_of(key).manifest
    except IntegrationNotFoundError as error:
        raise Http404 from error
    if manifest.logo_svg:
        return HttpResponse(manifest.logo_svg, content_type=SVG)
    letter = manifest.name[:1].upper()
    context = {"name": manifest.name, "letter": letter}
    return render(request, "integrations/letter.svg", context, content_type=SVG)
