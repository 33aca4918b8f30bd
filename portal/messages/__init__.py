"""Mails and text messages that are neither lost nor sent twice."""
