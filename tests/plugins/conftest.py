"""Lends the fixtures of plugins to the tests beside it."""

from tests.plugins.fixtures import ash, gateway, sms

__all__ = ["ash", "gateway", "sms"]
