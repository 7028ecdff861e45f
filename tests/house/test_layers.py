"""The floors of the house hold: import-linter's contracts are kept, and no cycle exists, in-function ones included."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {"readiness": "core", "readiness_agent": "agent", "readiness_coordinator": "coordinator"}


def _modules() -> dict[str, Path]:
    found = {}
    for package, folder in SOURCES.items():
        for path in (ROOT / folder / package).rglob("*.py"):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield the product's modules that one module imports anywhere in its text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [full if full in known else node.module for full in below]
        else:
            continue
        yield from (found for found in names if found in known and found != name)


def test_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_import_cycle() -> None:
    known = _modules()
    arrows = {name: set(_imports(name, path, known)) for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            pytest.fail("import cycle: " + " > ".join([*trail[trail.index(name) :], name]))
        if name not in done:
            for other in arrows[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in known:
        visit(name, ())


HEAVY = {
    "onnxruntime": {"agent/readiness_agent/runtimes/onnx.py"},
    "ai_edge_litert": {"agent/readiness_agent/runtimes/tflite.py"},
    "tflite_runtime": {"agent/readiness_agent/runtimes/tflite.py"},
}


def test_engines_are_imported_only_where_they_are_used() -> None:
    for path in _modules().values():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                engine = name.split(".")[0]
                here = str(path.relative_to(ROOT))
                assert here in HEAVY.get(engine, {here}), f"{here} imports {engine}"
