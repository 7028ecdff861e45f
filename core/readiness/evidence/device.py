"""The machine a benchmark ran on: what was found of it; unknown stays None and is never guessed."""

import msgspec

from readiness import canonical


class Sensed(msgspec.Struct, frozen=True, kw_only=True):
    """What one sensor says: its readings, or why it has none, and the time that it took.

    `notes` say why something is unknown although the sensor answered: a file that denies access, a driver's error.
    """

    sensor: str
    ok: bool
    took_ms: float
    readings: dict[str, str | int | float | bool | None] = {}
    error: str = ""
    notes: tuple[str, ...] = ()


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Hardware and software identity; `board` is a profile's board name, such as `raspberry-pi-4`.

    `accelerators` are those that the hardware's buses show, whether or not a driver serves them: `hailo-8`,
    `coral-usb`, `nvidia-gpu NVIDIA T4`; two of a kind stand twice.
    """

    board: str
    arch: str
    model_name: str | None = None
    cpu: str | None = None
    cores: int | None = None
    memory_mib: float | None = None
    os: str | None = None
    kernel: str | None = None
    governor: str | None = None
    power_mode: str | None = None
    accelerators: tuple[str, ...] = ()
    runtimes: dict[str, str] = {}
    providers: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Name the conditions that a benchmark holds for: any change of them makes it stale.

        The providers are left out: they follow from the runtimes, and the daemon would load an engine to list them.
        """
        return canonical.digest(msgspec.structs.replace(self, providers=()))
