"""Provider companies, organisations and contracts, and the fence around each organisation's rows;
the pages of sales.
"""
