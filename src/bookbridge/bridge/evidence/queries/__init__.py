"""Reads of what can be proved."""
