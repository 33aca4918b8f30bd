"""Tests of mails and text messages."""
