"""Tests of portal/tenants."""
