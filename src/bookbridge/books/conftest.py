"""Tests of this half run with this half's settings, in a process of their own."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bookbridge.books.settings"
