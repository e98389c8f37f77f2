"""The training loop: batches, optimiser, schedule, checkpoints."""
