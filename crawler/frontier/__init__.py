"""What a crawl has still to fetch: addresses that are due, budgets, politeness, and the exchange between workers."""
