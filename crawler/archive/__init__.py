"""Archiving: WARC records while crawling, and the snapshot they are published as."""
