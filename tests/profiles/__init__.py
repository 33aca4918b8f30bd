"""Tests of profiles and contacts."""
