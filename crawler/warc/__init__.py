"""The archive's one format: written by workers, published as a snapshot, read by the extract stage."""
