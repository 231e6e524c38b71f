"""Reading data through the public API: lists, the company itself, statements, aged reports."""

from bookbridge.bridge.records.api import aged, lists, statements

urlpatterns = [*aged.urlpatterns, *statements.urlpatterns, *lists.urlpatterns]
