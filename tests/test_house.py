"""The house's rules: seven places for every stage, imports downward, dvc.yaml true to what the code does."""

import ast
import dataclasses
import importlib
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
DVC = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
STAGES = sorted(DVC)
SECTIONS_WITHOUT_STAGE = {"seed", "engine", "model", "generate"}
NETWORK_STAGES = {"base", "corpus", "crawl"}
LIVE_STAGES = {"crawl"}
"""A snapshot of the web is an input: neither new code nor a new lock file fetches it again."""
MAX_STAGE_LINES = 150
LAYERS = {"contract": 0, "schema": 0, "text": 0.5, "core": 1, "stages": 3}
"""All other folders below pipeline/ are rooms: layer 2."""
STRATA = (
    "addresses", "html", "warc", "frontier", "snapshot", "extraction", "platforms", "documents", "session",
    "scrapy_side",
)  # fmt: skip
"""The crawler's rooms, lowest first; the stages (crawl, extract, worker) lie above them."""
OF_THE_PIPELINE = ("contract", "schema", "core", "text")
"""What the crawler may import of the pipeline."""
PLATFORMS = ROOT / "crawler" / "platforms"
KNOWING_ENGINES = (PLATFORMS / "registry.py", ROOT / "pipeline" / "schema" / "crawl.py")
"""Beside each engine's own room, the files that name engines: the list of them, and what conf may call them."""


def module_file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


@cache
def imports_of(file: Path) -> frozenset[Path]:
    """Our own files that a file imports anywhere in it, the packages above them included."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            if parts[0] not in ("pipeline", "crawler"):
                continue
            for end in range(2, len(parts) + 1):
                imported = module_file(".".join(parts[:end]))
                if imported:
                    found.add(imported)
    return frozenset(found)


def closure(file: Path) -> set[Path]:
    seen, queue = {file}, [file]
    while queue:
        for imported in imports_of(queue.pop()):
            if imported not in seen:
                seen.add(imported)
                queue.append(imported)
    return seen


def stage_file(name: str) -> Path:
    crawler = ROOT / "crawler" / f"{name}.py"
    return crawler if crawler.exists() else ROOT / "pipeline" / "stages" / f"{name}.py"


def stage_of(name: str):
    relative = stage_file(name).relative_to(ROOT).with_suffix("")
    return importlib.import_module(".".join(relative.parts)).STAGE


def outs_of(name: str) -> list:
    return DVC[name]["outs"] + DVC[name].get("metrics", [])


def commands() -> list[tuple[str, list[str]]]:
    return [(name, shlex.split(DVC[name]["cmd"])) for name in STAGES]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_has_its_seven_places(name):
    tests = ROOT / "tests" / ("crawler" if stage_file(name).parent.name == "crawler" else "stages")
    places = [
        stage_file(name),
        ROOT / "pipeline" / "schema" / f"{name}.py",
        ROOT / "conf" / name,
        tests / f"test_{name}.py",
    ]
    assert [str(place) for place in places if not place.exists()] == []
    assert name in PARAMS
    uncached = [key for out in outs_of(name) if isinstance(out, dict) for key, how in out.items() if not how["cache"]]
    assert uncached == [f"metrics/{name}.json"]


def test_no_stage_section_or_conf_folder_is_left_over():
    files = {path.stem for path in (ROOT / "pipeline" / "stages").glob("*.py")} - {"__init__"}
    assert files == {name for name in STAGES if stage_file(name).parent.name == "stages"}
    assert set(PARAMS) == set(STAGES) | SECTIONS_WITHOUT_STAGE
    folders = {path.name for path in (ROOT / "conf").iterdir() if path.is_dir()}
    assert folders == set(PARAMS) - {"seed"} | {"experiment"}


def test_imports_go_downward_and_stages_do_not_import_each_other():
    wrong = []
    for file in sorted((ROOT / "pipeline").rglob("*.py")):
        room = file.relative_to(ROOT / "pipeline").parts[0]
        for imported in imports_of(file):
            if imported.parts[len(ROOT.parts)] == "crawler":
                wrong.append(f"{file} imports crawler")
                continue
            target = imported.relative_to(ROOT / "pipeline").parts[0]
            same_room = room == target
            # core may use the schema of the engine; that is layer 0 as well.
            higher = LAYERS.get(target, 2) > LAYERS.get(room, 2)
            between_stages = room == target == "stages" and imported.name != "__init__.py"
            if (higher and not same_room) or between_stages:
                wrong.append(f"{file.relative_to(ROOT)} imports {imported.relative_to(ROOT)}")
    assert wrong == []


def rooms_imported(file: Path) -> set[tuple[str, str]]:
    """Package and room of our modules that a file imports; the stages of the crawler are the room "stages"."""
    found = set()
    for imported in imports_of(file):
        parts = imported.relative_to(ROOT).parts
        if imported.name == "__init__.py" and len(parts) == 2:
            continue
        found.add((parts[0], parts[1] if len(parts) > 2 else "stages"))
    return found


def test_the_crawlers_rooms_import_only_what_lies_below_them():
    """A total order has no circles."""
    rooms = {path.name for path in (ROOT / "crawler").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(STRATA)
    wrong = []
    for file in sorted((ROOT / "crawler").rglob("*.py")):
        parts = file.relative_to(ROOT / "crawler").parts
        height = STRATA.index(parts[0]) if len(parts) > 1 else len(STRATA)
        for package, room in sorted(rooms_imported(file)):
            below = (*STRATA[:height], parts[0]) if len(parts) > 1 else (*STRATA, "stages")
            if room not in (below if package == "crawler" else OF_THE_PIPELINE):
                wrong.append(f"{file.relative_to(ROOT)} imports {package}/{room}")
    assert wrong == []


def engine_names(folder: str, file: Path) -> list[str]:
    """Engines that a file has no business to name."""
    engines = sorted(path.parent.name for path in PLATFORMS.glob("*/__init__.py"))
    if file in KNOWING_ENGINES:
        return []
    room = file.relative_to(PLATFORMS).parts[0] if PLATFORMS in file.parents else ""
    dump_format = "mediawiki" if folder in ("pipeline", "bench") else ""  # of the wiki stage
    return [engine for engine in engines if engine not in (room, dump_format)]


@pytest.mark.parametrize("folder", ["crawler", "pipeline", "conf", "bench", "hydra_plugins"])
def test_only_its_own_room_and_the_registry_name_an_engine(folder):
    """Adding an engine touches its room, the registry and the enum; nothing else knows it, but a site of conf that
    says what it runs."""
    found = []
    for file in sorted((ROOT / folder).rglob("*.*")):
        names = engine_names(folder, file) if file.suffix in (".py", ".yaml") else []
        pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(names)})(?![a-z])", re.IGNORECASE)
        for number, line in enumerate(file.read_text("utf-8").splitlines() if names else (), start=1):
            is_value = folder == "conf" and re.fullmatch(r"\s*platform: \w+", line)
            if pattern.search(line) and not is_value:
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


def test_no_engine_imports_another():
    wrong = []
    for file in sorted(PLATFORMS.glob("*/*.py")):
        for imported in imports_of(file):
            room = imported.relative_to(PLATFORMS).parts[0] if PLATFORMS in imported.parents else file.parent.name
            if room not in (file.parent.name, "__init__.py", "platform.py", "address_parts.py"):
                wrong.append(f"{file.relative_to(ROOT)} imports {imported.relative_to(ROOT)}")
    assert wrong == []


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_reads_as_one_page(name):
    assert len(stage_file(name).read_text(encoding="utf-8").splitlines()) <= MAX_STAGE_LINES


@pytest.mark.parametrize("name", sorted(set(STAGES) - LIVE_STAGES))
def test_dvc_deps_cover_everything_that_a_stage_imports(name):
    deps = [ROOT / dep for dep in DVC[name]["deps"]]
    uncovered = [
        str(file.relative_to(ROOT))
        for file in sorted(closure(stage_file(name)))
        if file.name != "__init__.py" and not any(file == dep or dep in file.parents for dep in deps)
    ]
    assert uncovered == []
    assert ROOT / "requirements.lock" in deps


@pytest.mark.parametrize("name", STAGES)
def test_dvc_names_no_code_that_a_stage_does_not_import(name):
    used = closure(stage_file(name))
    deps = [ROOT / dep for dep in DVC[name]["deps"] if dep.startswith(("pipeline/", "crawler/"))]
    assert [str(dep) for dep in deps if not any(file == dep or dep in file.parents for file in used)] == []


@pytest.mark.parametrize("name", STAGES)
def test_params_of_a_stage_are_the_sections_that_its_code_declares(name):
    assert sorted(DVC[name]["params"]) == sorted(stage_of(name).sections)


def test_engine_is_no_dvc_param():
    assert [name for name in STAGES if any("engine" in str(param) for param in DVC[name].get("params", []))] == []


def test_a_crawl_depends_on_conf_and_on_what_conf_names_alone():
    assert DVC["crawl"]["deps"] == ["${crawl.watch}"]
    assert DVC["crawl"]["params"] == ["crawl"]


def test_only_base_corpus_and_crawl_open_sockets():
    assert {name for name in STAGES if stage_of(name).network} <= NETWORK_STAGES


@pytest.mark.parametrize(("name", "words"), commands(), ids=STAGES)
def test_dvc_calls_the_stage_with_options_it_has_and_paths_it_declares(name, words):
    stage, module = stage_of(name), stage_file(name).relative_to(ROOT).with_suffix("")
    assert words[:3] == ["python", "-m", ".".join(module.parts)]
    options: dict[str, list[str]] = {}
    for word in words[3:]:
        if word.startswith("--"):
            options[word[2:]] = []
        else:
            options[list(options)[-1]].append(word)
    assert set(options) == set(stage.inputs) | set(stage.outputs) | {"metrics"}
    assert options["metrics"] == [f"metrics/{name}.json"]
    outs = [
        out if isinstance(out, str) else next(iter(out)) for out in DVC[name]["outs"] + DVC[name].get("plots", [])
    ]
    for option in stage.outputs:
        assert options[option][0] in outs
    for option in stage.inputs:
        for path in options[option]:
            assert any(path == dep or path.startswith(f"{dep}/") for dep in DVC[name]["deps"]), path


def test_only_dvc_yaml_knows_data_paths():
    pattern = re.compile(r"""["'](?:data|models|reports)/""")
    code = sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "crawler").rglob("*.py")])
    knowing = [str(file) for file in code if pattern.search(file.read_text("utf-8"))]
    assert knowing == []


def schema_classes():
    for file in sorted((ROOT / "pipeline" / "schema").glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                yield file, node


def test_every_hyperparameter_has_a_line_of_documentation():
    bare = []
    for file, node in schema_classes():
        if node.name == "Config":  # its fields are the sections
            continue
        for field, after in zip(node.body, [*node.body[1:], None], strict=True):
            documented = isinstance(after, ast.Expr) and isinstance(getattr(after, "value", None), ast.Constant)
            if isinstance(field, ast.AnnAssign) and not documented:
                bare.append(f"{file.name}: {node.name}.{ast.unparse(field.target)}")
    assert bare == []


def test_no_hyperparameter_has_a_default_in_code():
    # A corpus source and a site describe data; what does not apply to them may be left out.
    free = {"SourceConfig", "SiteConfig"}
    defaulted = [
        f"{file.name}: {node.name}.{ast.unparse(field.target)}"
        for file, node in schema_classes()
        if node.name not in free
        for field in node.body
        if isinstance(field, ast.AnnAssign) and field.value is not None and not _only_metadata(field.value)
    ]
    assert defaulted == []


def _only_metadata(value):
    """`field(metadata=…)` describes a field and gives it no default."""
    names = {keyword.arg for keyword in value.keywords} if isinstance(value, ast.Call) else set()
    return names == {"metadata"}


def test_schema_contract_text_and_core_import_nothing_heavy():
    heavy = {"torch", "transformers", "datasets", "numba", "daft", "tokenizers", "opencc"}
    found = []
    for folder in ("schema", "contract", "text", "core"):
        for file in sorted((ROOT / "pipeline" / folder).glob("*.py")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found += [f"{file.name}: {name}" for name in names if name.split(".")[0] in heavy]
    assert found == ["word_lattice.py: numba"]  # imported by traditional_words alone, and that inside a function


def test_ranges_of_han_kana_and_hangul_are_named_in_text_alone():
    pattern = re.compile(r"(?:\\u|0x)(?:4e00|9fff|3400|4dbf|304[01]|30ff|ac00)|[一㐀ぁァ가]-", re.IGNORECASE)
    code = sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "crawler").rglob("*.py")])
    elsewhere = [file for file in code if (ROOT / "pipeline" / "text") not in file.parents]
    assert [str(file) for file in elsewhere if pattern.search(file.read_text("utf-8"))] == []


def test_every_config_section_is_a_dataclass_of_the_root():
    from pipeline.schema.config import Config

    assert {field.name for field in dataclasses.fields(Config)} == set(PARAMS)


def test_no_package_registry_or_machine_path_is_named():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    words = [
        "pypi" + ".org",
        "pytho" + "nhosted",
        "download.pytorch" + ".org",
        "tuna." + "tsinghua",
        "/wo" + "rk/",
        "/ro" + "ot/",
    ]
    found = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}: {word}" for word in words if word in text]
    assert found == []
