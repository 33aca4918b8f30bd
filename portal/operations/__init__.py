"""Commands for the people who run it: doctor, backup, requirements, bench, demo."""
