"""Other tools that do the same job, run side by side against the same source."""
