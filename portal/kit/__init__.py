"""What the author of a plugin begins with, tests with and checks with."""
