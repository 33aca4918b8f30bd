"""Declarations of personal data, and all that follows from them:
notice, consent, deletion, rights.
"""
