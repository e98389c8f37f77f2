"""What a page of one kind holds: one file a kind or forum engine."""
