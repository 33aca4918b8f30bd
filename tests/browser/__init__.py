"""The users' stories, told in real browsers against a running portal."""
