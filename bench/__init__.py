"""Measures what the portal promises of speed and size, each time against a bare peer."""
