"""Pseudonymous events, charts and exports."""
