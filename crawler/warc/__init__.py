"""The archive's one format: WARC records and the manifest, written and read."""
