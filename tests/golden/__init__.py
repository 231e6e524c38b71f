"""The worked example: one month of one small business, and what must come of it."""
