"""Finds target profiles and policies: in a folder that was named, in the installed wheel, or in the checkout."""

from pathlib import Path

import readiness
from readiness import policy, profile
from readiness.exits import Stop
from readiness.policy import Policy
from readiness.profile import Profile
from readiness.strict import BadFile


def target(name: str, folder: Path | None = None) -> Profile:
    """Read the profile of a target; raises Stop that lists those there are."""
    path = _named("targets", name, folder)
    try:
        return profile.parse(path.read_text(encoding="utf-8"), str(path))
    except BadFile as error:
        raise Stop(str(error)) from None


def standard_policy(folder: Path | None = None) -> Policy:
    """Read the policy that applies where none is named; raises Stop."""
    path = _named("policies", "standard", folder)
    try:
        return policy.parse(path.read_text(encoding="utf-8"), str(path))
    except BadFile as error:
        raise Stop(str(error)) from None


def _named(kind: str, name: str, folder: Path | None) -> Path:
    shelf = _root(folder) / kind
    known = sorted(path.stem for path in shelf.glob("*.toml"))
    if name not in known:
        raise Stop(f"no profile '{name}' in {shelf}; there are {', '.join(known) or 'none'}")
    return shelf / f"{name}.toml"


def _root(folder: Path | None) -> Path:
    """Find the profiles folder: a wheel carries it inside the core package, a checkout beside core/."""
    package = Path(readiness.__file__).parent
    places = [folder] if folder is not None else [package / "profiles", package.parents[1] / "profiles"]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise Stop(f"{places[0]}: no such folder of profiles; name one with --profiles")
    return found
