"""How an evidence pack is put together: a zip that is written as a stream."""
