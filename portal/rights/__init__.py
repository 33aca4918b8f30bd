"""What people may ask of their data: customers by requests and complaints, guests by their code."""
