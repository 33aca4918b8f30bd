"""Tests of project administration."""
