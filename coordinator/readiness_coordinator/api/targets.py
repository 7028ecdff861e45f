"""What can be deployed to, and under which demands: the target profiles and the policies on offer."""

from typing import Any

import msgspec
from litestar import get
from litestar.params import FromPath

from readiness.profile import Profile
from readiness_coordinator import profiles
from readiness_coordinator.api.fields import policy_named, profile_named


@get("/targets", sync_to_thread=True)
def index() -> list[Profile]:
    return [profile_named(name) for name in profiles.names("targets")]


@get("/targets/{name:str}", sync_to_thread=True)
def read(name: FromPath[str]) -> Profile:
    return profile_named(name)


# A policy's default demands hold a dict, at which the schema generator stumbles: hence plain objects.
@get("/policies", sync_to_thread=True)
def policies() -> list[dict[str, Any]]:
    return [msgspec.to_builtins(policy_named(name)) for name in profiles.names("policies")]


@get("/policies/{name:str}", sync_to_thread=True)
def policy(name: FromPath[str]) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(policy_named(name))
    return shown
