"""Lends the fixtures of plugins to the tests beside it."""

from tests.plugins.fixtures import ash, calm, gateway, sms

__all__ = ["ash", "calm", "gateway", "sms"]
