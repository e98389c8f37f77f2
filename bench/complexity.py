"""Length of modules and functions and the share of functions with many branches, for the Python files of folders.

    python bench/complexity.py pipeline crawler [--list]

A function's branches are counted as McCabe does: one, and one more for each if, elif, for, while, except, case,
conditional expression, `for` of a comprehension and each `and` and `or`. Functions in functions are counted on their
own and with the one around them. Lines are all lines from `def` to the end, docstrings and comments among them.
--list names the functions above the limit, most branches first. Needs nothing but Python, so that it runs on an old
checkout as well.
"""

import argparse
import ast
from dataclasses import dataclass
from pathlib import Path

LIMIT = 10
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.comprehension)
_BRANCHES = (*_LOOPS, ast.If, ast.IfExp, ast.ExceptHandler, ast.match_case)


@dataclass(frozen=True)
class Function:
    place: str
    lines: int
    branches: int


def branches(function: ast.AST) -> int:
    """One, and what may go two ways below the node."""
    nodes = list(ast.walk(function))
    operators = sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))
    return 1 + operators + sum(isinstance(node, _BRANCHES) for node in nodes)


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def functions(file: Path) -> list[Function]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        Function(f"{file}:{node.lineno} {node.name}", _lines(node), branches(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def percentile(values: list[int], share: float) -> int:
    """The value at a share of the sorted list: 0.5 is the median, 0.9 the 90th percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)] if ordered else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=[Path("crawler"), Path("pipeline")], type=Path)
    parser.add_argument("--list", action="store_true", help=f"name the functions with more than {LIMIT} branches")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]
        modules = [lines for file in files if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 1]
        found = [function for file in files for function in functions(file)]
        many = [each for each in found if each.branches > LIMIT]
        print(f"{folder}: {len(modules)} modules, {len(found)} functions")
        print(f"  lines a module:   median {percentile(modules, 0.5)}, 90th percentile {percentile(modules, 0.9)}")
        lengths = [function.lines for function in found]
        print(f"  lines a function: median {percentile(lengths, 0.5)}, 90th percentile {percentile(lengths, 0.9)}")
        share = 100 * len(many) / max(1, len(found))
        print(f"  more than {LIMIT} branches: {len(many)} functions, {share:.1f}%")
        if arguments.list:
            for each in sorted(many, key=lambda each: (-each.branches, each.place)):
                print(f"  {each.branches:4} branches {each.lines:4} lines  {each.place}")


if __name__ == "__main__":
    main()
