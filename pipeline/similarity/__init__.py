"""Which texts say the same: shingles, MinHash bands, clusters."""
