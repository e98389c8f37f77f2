"""Demo: a page on this machine on which a finished model writes, each character with its probability."""
