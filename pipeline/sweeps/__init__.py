"""Sweeps: a grid through DVC's queue, its table, and the winner as an experiment of conf/."""
