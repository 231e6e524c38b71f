"""A source made for size."""
