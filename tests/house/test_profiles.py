"""Every number of a shipped target profile is named by a line that says where it comes from."""

import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TARGETS = sorted((Path(__file__).resolve().parents[2] / "profiles/targets").glob("*.toml"))


def _numbers(read: dict[str, Any], within: str = "") -> list[str]:
    keys = [f"{within}{key}" for key, value in read.items() if isinstance(value, int | float)]
    return keys + [
        key for name, table in read.items() if isinstance(table, dict) for key in _numbers(table, f"{name}.")
    ]


def _unsourced(read: dict[str, Any]) -> list[str]:
    """List the keys that no source line begins with; one of a table may stand there without its table's name."""
    named = {key.strip() for line in read["sources"] for key in line.split(":")[0].split(",")}
    asked = [*_numbers(read), *(["power_modes"] if read.get("power_modes") else [])]
    return [key for key in asked if key not in named and (key in read or key.split(".")[-1] not in named - set(read))]


@pytest.mark.parametrize("path", TARGETS, ids=lambda path: path.stem)
def test_each_number_has_its_source(path: Path) -> None:
    assert _unsourced(tomllib.loads(path.read_text())) == []


def test_a_number_without_a_source_is_found() -> None:
    read = {"sources": ["memory_mib: data sheet", "p95_ms: ours"], "memory_mib": 1, "power_modes": ["MAXN"]}
    read["budget"] = {"p95_ms": 1.0, "memory_mib": 2.0, "model_mib": 3.0}
    assert _unsourced(read) == ["budget.memory_mib", "budget.model_mib", "power_modes"]


def test_every_board_that_the_product_promises_has_a_target() -> None:
    boards = {board for path in TARGETS for board in tomllib.loads(path.read_text())["boards"]}
    assert boards >= {
        "jetson-nano",
        "jetson-xavier-nx",
        "jetson-orin-nano",
        "jetson-agx-orin",
        "raspberry-pi-4",
        "raspberry-pi-5",
        "x86-64",
        "cloud",
        "api",
    }
