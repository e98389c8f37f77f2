"""The rooms of pipeline/wiki import one way only, and no two of their files import each other in a circle."""

from graphlib import TopologicalSorter

from tests.test_house import ROOT, imports_of

WIKI = ROOT / "pipeline" / "wiki"
BELOW = {
    "control_marks": set(),
    "dump": set(),
    "variants": {"control_marks"},
    "wikitext": {"control_marks", "variants"},
    "page_selection": {"dump", "wikitext"},
    "page_reader": {"dump", "variants", "wikitext"},
    "import_statistics": {"dump"},
    "span_import": {"dump", "variants", "wikitext", "page_selection", "page_reader", "import_statistics"},
}
"""Room, or file beside the rooms -> what it may import of the others."""


def own_imports(file):
    found = {imported for imported in imports_of(file) if WIKI in imported.parents}
    return {imported for imported in found if imported.name != "__init__.py"}


def place(file):
    return file.relative_to(WIKI).with_suffix("").parts[0]


def test_rooms_import_only_what_lies_below_them():
    files = [file for file in WIKI.rglob("*.py") if file != WIKI / "__init__.py"]
    assert {place(file) for file in files} == set(BELOW)
    wrong = [
        f"{file.relative_to(WIKI)} imports {imported.relative_to(WIKI)}"
        for file in files
        for imported in own_imports(file)
        if place(imported) != place(file) and place(imported) not in BELOW[place(file)]
    ]
    assert wrong == []


def test_no_files_import_each_other_in_a_circle():
    graph = {file: own_imports(file) for file in WIKI.rglob("*.py")}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)  # CycleError names the files of a circle
