"""How any stage runs: configuration, shards, ledger, engine, errors."""
