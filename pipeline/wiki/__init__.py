"""Wikipedia dumps: from MediaWiki XML to plain text."""
