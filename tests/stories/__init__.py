"""The whole story over HTTP: real processes, real pages, a source that may lie."""
