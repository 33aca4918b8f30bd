"""The tables of the special project, step by step; a branch of its own beside the portal's."""
