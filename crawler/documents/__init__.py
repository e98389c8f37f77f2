"""What was read from a snapshot's pages to documents: threads and articles of several pages put together."""
