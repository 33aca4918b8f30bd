"""The host of plugins: finds, examines, guards and asks them, and shows what they bring."""
