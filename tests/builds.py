"""Builds that many tests read, made once a test run: pytest-xdist's processes wait for the first that needs one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """The folder `name` that `build` has filled, in this process or in another one of the same run.

    A build that fails leaves no mark: the next process tries again and reports the failure as its own.
    """
    top = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        top = top.parent  # the processes' own folders lie side by side in it
    folder, whole = top / name, top / f"{name}.whole"
    with FileLock(top / f"{name}.lock"):
        if not whole.exists():
            build(folder)
            whole.touch()
    return folder
