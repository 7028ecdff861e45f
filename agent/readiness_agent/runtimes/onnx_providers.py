"""Matches `cuda`, `openvino:GPU` or a full name to an execution provider of onnxruntime, with options for a device."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from readiness_agent.runtimes import Unrunnable

CPU = "CPUExecutionProvider"
_CUDA = "CUDAExecutionProvider"
_SUFFIX = "ExecutionProvider"
# Sends the model to a cloud service: no hardware of this device.
_NO_HARDWARE = {"AzureExecutionProvider"}
# The option that what follows the colon sets, where a provider has several devices.
_DEVICE = {
    _CUDA: "device_id",
    "TensorrtExecutionProvider": "device_id",
    "NvTensorRTRTXExecutionProvider": "device_id",
    "ROCMExecutionProvider": "device_id",
    "MIGraphXExecutionProvider": "device_id",
    "DmlExecutionProvider": "device_id",
    "OpenVINOExecutionProvider": "device_type",
    "CoreMLExecutionProvider": "MLComputeUnits",
    "QNNExecutionProvider": "backend_path",
}


class Chosen(NamedTuple):
    """The provider that is asked, the chain that serves it (the processor last), and the session's own threads."""

    name: str
    chain: tuple[tuple[str, dict[str, str]], ...]
    session_threads: int


def usable(available: Iterable[str]) -> list[str]:
    """List the execution providers that stand for hardware of this device."""
    return [name for name in available if name not in _NO_HARDWARE]


def choose(path: Path, asked: str | None, available: Iterable[str], threads: int) -> Chosen:
    """Choose a provider and its options; raises Unrunnable when it is not there, or has no such thing as a device."""
    there = usable(available)
    wanted, _, device = (asked or CPU).partition(":")
    known = {name.removesuffix(_SUFFIX).lower(): name for name in there}
    name = known.get(wanted.removesuffix(_SUFFIX).lower())
    if name is None:
        raise Unrunnable(f"{path}: no provider '{wanted}' in this onnxruntime; it has {', '.join(sorted(known))}")
    if device and name not in _DEVICE:
        raise Unrunnable(f"{path}: {name} has one device only; ask for '{wanted}' without ':{device}'")
    if name == CPU:
        return Chosen(name, ((CPU, {}),), threads)
    options = _options(name, threads) | ({_DEVICE[name]: device} if device else {})
    # What TensorRT cannot take is for CUDA before it is for the processor, on the same device.
    second = (
        [(_CUDA, {"device_id": device} if device else {})] if name.startswith("Tensorrt") and _CUDA in there else []
    )
    # XNNPACK has threads of its own; a second pool would fight with them for the cores.
    own_threads = name == "XnnpackExecutionProvider"
    return Chosen(name, ((name, options), *second, (CPU, {})), 1 if own_threads else threads)


def _options(name: str, threads: int) -> dict[str, str]:
    """Give what a provider must be told: its threads, and to leave no engine on the device's disk."""
    told = {
        "XnnpackExecutionProvider": {"intra_op_num_threads": str(threads)},
        "OpenVINOExecutionProvider": {"num_of_threads": str(threads)},
        "TensorrtExecutionProvider": {"trt_engine_cache_enable": "False", "trt_timing_cache_enable": "False"},
    }
    return told.get(name, {})
