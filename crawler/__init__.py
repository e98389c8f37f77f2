"""What knows sites: from seeds to a snapshot (crawl), from a snapshot to documents (extract)."""
