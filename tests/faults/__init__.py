"""Attacks and faults against a real web process, as gunicorn runs it."""
