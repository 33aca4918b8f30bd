"""One organisation's accounts, as its project administrator may see and change them."""
