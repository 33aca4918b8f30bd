"""A plugin that fails at import."""

message = "no such\n  vendor library"
raise ImportError(message)
