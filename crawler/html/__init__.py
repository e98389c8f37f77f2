"""HTML parsed within bounds, rendered to lines of text, and read for its links."""
