"""Typed hyperparameters: one dataclass file a section. Values live in conf/, never here."""
