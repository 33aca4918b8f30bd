"""Tests of portal/waitingroom."""
