"""Who may be in which call; the bridge between the web and the call engine."""
