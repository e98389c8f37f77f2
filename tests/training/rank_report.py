"""Started by the launcher's tests in a stage's place: writes what it was called with to $REPORTS/<rank>.json.

Ends with status 3 as the rank $FAILING_RANK.
"""

import json
import os
import sys
from pathlib import Path

VARIABLES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")

if __name__ == "__main__":
    called = {"arguments": sys.argv[1:], "folder": os.getcwd(), **{name: os.environ[name] for name in VARIABLES}}
    Path(os.environ["REPORTS"], f"{called['RANK']}.json").write_text(json.dumps(called), encoding="utf-8")
    raise SystemExit(3 if os.environ.get("FAILING_RANK") == called["RANK"] else 0)
