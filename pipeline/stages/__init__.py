"""The stages: verbs that read, call rooms and write. One file a DVC stage."""
