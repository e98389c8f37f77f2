"""A fresh checkout of the working tree in a temporary folder, and the commands that a user types there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIME_LIMIT_S = 900
"""Only a guard against hanging for ever."""


class Checkout:
    """What git tracks (and would track) as it stands now, committed in a repository of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        for compiled in (
            *ROOT.glob("pipeline/**/*.nbi"),
            *ROOT.glob("pipeline/**/*.nbc"),
        ):  # Numba's: machine code of these very files
            place = folder / compiled.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(compiled, place)
        (folder / "dvc.lock").unlink(missing_ok=True)  # the committed one is of the laptop experiment
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("-c", "user.name=test", "-c", "user.email=test@example.test", "commit", "--quiet", "-m", "start")

    def git(self, *words: str) -> str:
        return self.run("git", *words).stdout

    def compose(self, *overrides: str) -> None:
        self.run("python", "-m", "pipeline.core.compose", *overrides)

    def dvc(self, *words: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("dvc", *words, check=check, **environment)

    def run(
        self, *words: str, check: bool = True, time_limit_s: int = TIME_LIMIT_S, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run with this interpreter's environment first on PATH; a failure shows what was printed."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        finished = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, timeout=time_limit_s,
            env={**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1", **environment},
        )  # fmt: skip
        if check and finished.returncode:
            raise AssertionError(
                f"{' '.join(words)}: exit {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
            )
        return finished

    @property
    def lock(self) -> bytes:
        return (self.folder / "dvc.lock").read_bytes()
