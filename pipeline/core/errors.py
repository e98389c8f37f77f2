"""Every error a user can meet, named by what to do next.

WenyuanError
├── ConfigError       conf or --set is wrong: fix the named key
├── ContractError     a row breaks the document contract: file, row, field
├── SourceError       an input is missing, damaged or not what its checksum says: path, offset, cause
├── RunError          the run cannot go on: memory, a loss that is no number, a second run of the same
├── ShardError        a worker failed on a shard: shard, cause
└── LedgerImbalance   a unit or character was lost or counted twice: our bug, please report it
"""


class WenyuanError(Exception):
    """Base of all expected failures; the message alone is shown, without a traceback."""


class ConfigError(WenyuanError):
    """A key in conf/, params.yaml or --set is missing, unknown or has a wrong value."""


class ContractError(WenyuanError):
    """A row does not keep the document contract."""


class SourceError(WenyuanError):
    """An input is missing, damaged or not the pinned one."""


class RunError(WenyuanError):
    """Conf and data are in order, but this run cannot go on as it is; the message says what to change."""


class ShardError(WenyuanError):
    """Work on one shard failed."""


class LedgerImbalance(WenyuanError):
    """What came in is not what was used plus what was dropped."""
