"""Tests of what the authors of plugins are given, some of them in an environment of its own."""
