"""Tests of the portal: they mirror the rooms."""
