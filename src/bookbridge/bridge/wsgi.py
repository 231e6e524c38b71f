"""The WSGI entry point of `bridge`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookbridge.bridge.settings")
application = get_wsgi_application()
