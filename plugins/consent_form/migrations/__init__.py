"""The tables of the consent form, step by step; a branch of its own beside the portal's."""
