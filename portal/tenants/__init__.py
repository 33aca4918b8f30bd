"""Provider companies, organisations and contracts, and the fence around each tenant's rows."""
