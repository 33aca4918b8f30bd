"""The call engine: signalling messages, call rooms, ICE servers, the echo peer; no Flask,
no database.
"""
