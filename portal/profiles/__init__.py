"""What a doctor shows of themself, to whom, and their contacts."""
