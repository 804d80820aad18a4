"""What is measured: visits, handoffs and what came of them, as numbers that owners and designers read."""
