"""Files and functions keep the house's form: a first line that says what for, bounded sizes, no attic names."""

import ast
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("core", "agent", "coordinator")
ATTICS = {"utils", "common", "helpers", "base", "manager", "service", "types"}
SHELVES = {"frames", "runtimes", "decoders", "sensors", "formats"}


def _tracked(*folders: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name.endswith(".py") and (ROOT / name).exists()]


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(n.name, (n.end_lineno or n.lineno) - n.lineno + 1) for n in ast.walk(tree) if isinstance(n, kinds)]


def test_every_file_says_in_one_sentence_what_it_is_for() -> None:
    for path in _tracked():
        first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
        assert first.endswith((".", "?", ":")), (
            f"{path.relative_to(ROOT)} lacks a first docstring line that is a sentence"
        )


def test_file_sizes() -> None:
    sizes = {path: path.read_text().count("\n") for path in _tracked()}
    over = {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > 400}
    assert not over
    product = [size for path, size in sizes.items() if path.relative_to(ROOT).parts[0] in PRODUCT]
    assert statistics.median(product) <= 100


def test_function_sizes() -> None:
    sizes = {(p, name): size for p in _tracked(*PRODUCT) for name, size in _functions(p)}
    over = {f"{p.relative_to(ROOT)}:{name}": size for (p, name), size in sizes.items() if size > 60}
    assert not over
    ordered = sorted(sizes.values())
    assert statistics.median(ordered) <= 10
    assert ordered[int(len(ordered) * 0.9)] <= 30


def test_no_attic_names() -> None:
    for path in _tracked(*PRODUCT):
        assert path.stem not in ATTICS, f"{path.relative_to(ROOT)} is named after nothing"


def test_package_faces_hold_a_docstring_only() -> None:
    for path in _tracked(*PRODUCT):
        if path.name == "__init__.py" and path.parent.name not in SHELVES:
            body = ast.parse(path.read_text()).body
            assert len(body) == 1, f"{path.relative_to(ROOT)} holds more than its docstring"


def test_packaging_folder_holds_no_python() -> None:
    assert not list((ROOT / "packaging").rglob("*.py"))


def test_files_name_no_index_host() -> None:
    for path in (ROOT / "locks").iterdir():
        assert "http" not in "".join(line for line in path.read_text().splitlines() if line.startswith(("-", "#")))
        assert "://" not in path.read_text()
