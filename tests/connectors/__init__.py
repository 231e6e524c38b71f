"""Connectors as a craft: one that lives outside the package, and what the page promises."""
