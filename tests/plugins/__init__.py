"""Tests of the plugins, and what they share: a gateway on loopback, plugins that misbehave."""
