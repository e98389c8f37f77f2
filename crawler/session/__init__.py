"""One fetched answer judged and committed, and where it leads."""
