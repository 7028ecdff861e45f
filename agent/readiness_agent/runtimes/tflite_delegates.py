"""Opens what takes operators off TFLite's own kernels: XNNPACK, a Coral, or any external delegate by its library."""

import ctypes
from pathlib import Path
from typing import Any, NamedTuple

from readiness_agent.runtimes import Unrunnable, one_line

XNNPACK = "XNNPACK"
BUILTIN = "builtin"
# Delegates that are asked for by a name: the library as their packages install it.
_NAMED = {"coral": "libedgetpu.so.1"}
_ENTRIES = ("tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate")


class Asked(NamedTuple):
    """What is to run the operators; `library` is of an external delegate, "" for the two that TFLite brings.

    `named` tells that it was asked for, so that it is a fallback when something else runs the model.
    """

    name: str
    library: str = ""
    options: tuple[tuple[str, str], ...] = ()
    named: bool = True


def read(path: Path, provider: str | None) -> Asked:
    """Read `xnnpack`, `builtin`, `coral` or a library with its options: `/lib/libx.so:key=value,key2=v2`.

    `cpu` leaves the choice of kernels to TFLite, which is XNNPACK as far as it goes. Raises Unrunnable.
    """
    wanted, _, said = (provider or "cpu").partition(":")
    known = {"cpu": XNNPACK, "xnnpack": XNNPACK, "builtin": BUILTIN}
    if wanted.lower() in known and not said:
        return Asked(known[wanted.lower()], named=wanted.lower() != "cpu")
    library = _NAMED.get(wanted.lower(), wanted)
    if "/" not in library and ".so" not in library:
        offered = ", ".join((*known, *_NAMED))
        raise Unrunnable(f"{path}: no provider '{provider}' for TFLite; ask for {offered}, or a delegate's library.so")
    pairs = [pair.partition("=") for pair in said.split(",") if pair]
    if odd := next((key for key, equals, _ in pairs if not (key and equals)), None):
        raise Unrunnable(f"{path}: '{odd}' in --provider is no option of a delegate; write it as key=value")
    name = wanted.lower() if wanted.lower() in _NAMED else Path(library).name
    return Asked(name, library, tuple((key, value) for key, _, value in pairs))


def open_delegate(path: Path, asked: Asked, load_delegate: Any) -> Any:
    """Load an external delegate with the runtime's `load_delegate`; raises Unrunnable with what is wrong with it.

    The library is opened here first, since the runtime's own loader complains again when what it left is collected.
    """
    try:
        opened = ctypes.CDLL(asked.library)
    except OSError as error:
        said = one_line(str(error)).removeprefix(f"{asked.library}: ")
        raise Unrunnable(
            f"{path}: the delegate's library {asked.library} does not load: {said}; install it, or give its path"
        ) from None
    if not all(hasattr(opened, entry) for entry in _ENTRIES):
        raise Unrunnable(f"{path}: {asked.library} is no TFLite delegate; it has no {_ENTRIES[0]}")
    try:
        return load_delegate(asked.library, dict(asked.options))
    except (ValueError, RuntimeError) as error:
        said = " ".join(str(error).removeprefix(f"Failed to load delegate from {asked.library}").split())
        raise Unrunnable(
            f"{path}: the delegate {asked.library} does not start: {one_line(said)}; see that its hardware is there"
        ) from None
