"""One text form for every time in the store, so that text order is time order."""

from readiness.dossier import instant


def sortable(text: str) -> str:
    """Give an RFC 3339 time in UTC with microseconds and Z; raises dossier.BadTime on anything else."""
    return instant(text).isoformat(timespec="microseconds").replace("+00:00", "Z")
