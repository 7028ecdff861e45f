"""What every model elsewhere has in common, as a runtime: nothing is known of how it is run."""

from collections.abc import Sequence

from readiness.evidence.benchmark import Placement
from readiness_agent.endpoints.address import Address
from readiness_agent.endpoints.transport import Transport
from readiness_agent.runtimes import Array, CallFailed, Port, Profile, Unrunnable


class Remote:
    """A model that is called; `digest` names it by its address and all that it says of itself, not by its bytes."""

    fell_back = ""
    version: str
    provider: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    digest: str

    def __init__(self, address: Address, transport: Transport) -> None:
        self.address, self.transport = address, transport
        self.metadata: dict[str, str] = {}

    @property
    def retries(self) -> int:
        """Tries made so far beyond the first of each call."""
        return self.transport.retries

    def run(self, batch: Array) -> list[Array]:
        raise NotImplementedError

    def placement(self, batch: Array) -> Placement | None:  # noqa: ARG002 - the runtimes' signature
        return None

    def operators(self, batches: Sequence[Array]) -> Profile:  # noqa: ARG002 - the runtimes' signature
        raise Unrunnable(f"{self.address.shown}: an endpoint does not show its operators; profile the model's file")

    def bad_answer(self, words: str) -> CallFailed:
        return CallFailed("bad answer", f"{self.address.shown}: {words}")
