"""Tests of portal/sales."""
