"""Navigation: how the pages of a site are found, one file a platform."""
