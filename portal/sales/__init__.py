"""The provider company's side: its own data and staff, and the contracts of its organisations from
the first to the last day.
"""
