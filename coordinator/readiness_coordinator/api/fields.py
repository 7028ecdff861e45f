"""What fields of requests may hold, and how a bad one is refused: by name, with what would be accepted."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from readiness.exits import Stop
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator import profiles
from readiness_coordinator.api.problems import Problem, not_found
from readiness_coordinator.formats import places

# A bare $ would let a line end behind it pass; \Z means nothing to the readers of /schema.
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
ServerPath = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Overlap = Annotated[float, Meta(gt=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1e9)]


def policy_named(name: str) -> Policy:
    """Read a policy that is offered by name; a path is refused, it would let a caller read files."""
    offered = profiles.names("policies")
    if name not in offered:
        raise not_found("policy", name, f"there are {', '.join(offered)}", "policy")
    try:
        return profiles.load_policy(name)
    except Stop as stop:
        raise Problem(str(stop), field="policy", status=HTTPStatus.INTERNAL_SERVER_ERROR) from None


def profile_named(name: str) -> Profile:
    """Read a target profile that is offered by name; a path is refused, it would let a caller read files."""
    offered = profiles.names("targets")
    if name not in offered:
        raise not_found("target", name, f"there are {', '.join(offered)}", "target")
    try:
        return profiles.load_profile(name)
    except Stop as stop:
        raise Problem(str(stop), field="target", status=HTTPStatus.INTERNAL_SERVER_ERROR) from None


def allowed_path(text: str, roots: Sequence[Path], field: str) -> Path:
    """Resolve a server path, links and all, and refuse one that lies under no allowed root or does not exist."""
    if not roots:
        raise Problem("this server reads no files: start it with --allow-root FOLDER", field=field)
    try:
        real = Path(text).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        real = None
    if real is None or not any(real.is_relative_to(root) for root in roots):
        # One answer for both, so that the server does not tell what exists outside its roots.
        places = ", ".join(str(root) for root in roots)
        raise Problem(f"'{text[:200]}' is not there, or lies under none of the allowed roots: {places}", field=field)
    return real


def within(files: Iterable[Path], roots: Sequence[Path], field: str) -> None:
    """Refuse files that a label file or a link places outside the allowed roots."""
    folders, links = set(), set()
    for file in files:
        lying = places.on_disk(file)
        if lying is None:
            raise Problem(f"its images lead to {str(file)[:200]}, outside the allowed roots", field=field)
        folders.add(lying.parent)
        if lying.is_symlink():
            links.add(lying)
    for place in sorted({folder.resolve() for folder in folders} | {link.resolve() for link in links}):
        if not any(place.is_relative_to(root) for root in roots):
            raise Problem(f"its images lead to {place}, outside the allowed roots", field=field)


def share(value: float | None, field: str) -> float | None:
    """Check a number out of a query string, where constraints and finiteness are not."""
    if value is not None and not 0 <= value <= 1:
        raise Problem(f"it is {value:g}; it must lie between 0 and 1", field=field)
    return value


def overlap(value: float | None, field: str) -> float | None:
    """Check an IoU out of a query string: at 0 everything would count as found."""
    if value == 0:
        raise Problem("it is 0; it must lie above 0, up to 1", field=field)
    return share(value, field)
