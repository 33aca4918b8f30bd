"""Lends the fixtures of plugins to the tests beside it."""

from tests.plugins.fixtures import ash, calm, gateway, sms
from tests.plugins.reporting import month, partner, practice
from tests.plugins.vinteos import here

__all__ = ["ash", "calm", "gateway", "here", "month", "partner", "practice", "sms"]
