"""What a handler may ask for by name, as `app.py` gives it: its signature is the list of its needs."""

from collections.abc import Sequence

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from readiness import catalogue
from readiness_coordinator import jobs, settings
from readiness_coordinator.store import database

Checks = NamedDependency[SkipValidation[Sequence[catalogue.Check]]]
Jobs = NamedDependency[SkipValidation[jobs.Jobs]]
Now = NamedDependency[SkipValidation[str]]
Settings = NamedDependency[SkipValidation[settings.Settings]]
Store = NamedDependency[SkipValidation[database.Store]]
