"""Tests of portal/calls."""
