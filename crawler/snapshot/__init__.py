"""A crawl as a whole: its plan, its workers, and the snapshot that is published of what they fetched."""
