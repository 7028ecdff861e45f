"""Policies and target profiles by name or path: from the checkout's profiles/, or from inside an installed wheel."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import readiness
from readiness import policy, profile, strict
from readiness.exits import Stop
from readiness.policy import Policy
from readiness.profile import Profile

T = TypeVar("T")

DEFAULT_POLICY = "standard"


def load_policy(name_or_path: str = DEFAULT_POLICY, folder: Path | None = None) -> Policy:
    """Read a policy; `folder` holds `policies/`. Raises Stop with one line when there is none or it is unusable."""
    return _load(name_or_path, "policies", policy.parse, folder)


def load_profile(name_or_path: str, folder: Path | None = None) -> Profile:
    """Read a target profile; `folder` holds `targets/`. Raises Stop with one line when there is none or unusable."""
    return _load(name_or_path, "targets", profile.parse, folder)


def names(kind: str, folder: Path | None = None) -> tuple[str, ...]:
    """List what `kind` (policies or targets) offers."""
    return tuple(sorted(file.stem for file in ((folder or home()) / kind).glob("*.toml")))


def home() -> Path:
    """Give the folder of all profiles: beside the packages in a checkout, inside the core package in a wheel."""
    package = Path(readiness.__file__).resolve().parent
    checkout = package.parent.parent / "profiles"
    return checkout if checkout.is_dir() else package / "profiles"


def file_of(name_or_path: str, kind: str, folder: Path | None = None) -> Path:
    """Give the file that a name, or the path of a .toml, stands for, be it there or not."""
    given = Path(name_or_path)
    return given if given.suffix == ".toml" else (folder or home()) / kind / f"{name_or_path}.toml"


def _load(name_or_path: str, kind: str, parse: Callable[[str, str], T], folder: Path | None) -> T:
    file = file_of(name_or_path, kind, folder)
    if not file.is_file():
        what = {"policies": "policy", "targets": "target"}[kind]
        raise Stop(f"no {what} '{name_or_path}'; there are {', '.join(names(kind, folder)) or 'none'}, or give a .toml")
    try:
        return parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{file}: cannot be read: {error}") from None
    except strict.BadFile as error:
        raise Stop(str(error)) from None
