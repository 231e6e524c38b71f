"""Reading data through the public API: lists, the company itself, statements, aged reports."""

from bookbridge.bridge.records.api import lists, statements

urlpatterns = [*statements.urlpatterns, *lists.urlpatterns]
