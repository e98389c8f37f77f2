"""Open corpora: fetching pinned archives and reading records from files."""
