"""Looking after an installation: backing up, restoring, and finding out what is wrong."""
