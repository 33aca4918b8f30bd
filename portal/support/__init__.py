"""Remote support that the customer opens, watches and ends."""
