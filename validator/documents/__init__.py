"""Documents: text that knows its places."""
