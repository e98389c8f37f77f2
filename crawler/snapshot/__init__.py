"""A crawl as a whole: its plan, its workers, and the snapshot that what they fetched is put together to."""
