"""Chinese text at the level of characters: clean-up, script, folding."""
