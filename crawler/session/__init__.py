"""One fetched answer: read, judged, archived and committed with where it leads."""
