"""The card and the documents name the versions of the clients that `make clients` installs."""

import json
import re
from pathlib import Path

import pytest

from pipeline.card.clients import CLIENTS

ROOT = Path(__file__).resolve().parents[2]
TRIED = ROOT / "tests" / "clients"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)$", re.M)


def pinned() -> dict[str, set[str]]:
    """Package -> the versions that are tried: heads of the requirements files, package.json, the locks."""
    found: dict[str, set[str]] = {}
    texts = [path.read_text(encoding="utf-8").split("\n\n")[0] for path in sorted(TRIED.glob("requirements-*.txt"))]
    texts += [
        path.read_text(encoding="utf-8") for path in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock")
    ]
    pins = [pin for text in texts for pin in PIN.findall(text)]
    packages = json.loads((TRIED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name, version in [*pins, *packages.items()]:
        found.setdefault(name, set()).add(version)
    return found


def test_the_card_names_the_versions_that_are_tried() -> None:
    pins = pinned()
    assert {client.package: set(client.versions) for client in CLIENTS} == {
        client.package: pins.get(client.package, set()) for client in CLIENTS
    }


def test_each_client_of_npm_is_named() -> None:
    packages = json.loads((TRIED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert set(packages) - {client.package for client in CLIENTS} == set()


@pytest.mark.parametrize("page", ["clients.md", "clients.zh.md"])
def test_the_documents_name_the_same(page: str) -> None:
    rows = [
        line for line in (ROOT / "docs/guide" / page).read_text(encoding="utf-8").splitlines() if line[:2] == "| "
    ]
    missing = [
        (client.package, version)
        for client in CLIENTS
        for version in client.versions
        if not any(client.package in row.split("|")[1] and version in row.split("|")[2] for row in rows)
    ]
    assert missing == []
