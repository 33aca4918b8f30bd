"""Rooms, access codes, guests who wait, and the doctor's desk that admits them."""
