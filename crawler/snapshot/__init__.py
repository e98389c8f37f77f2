"""Reading what was archived: records, their encodings undone, their text, their tree."""
