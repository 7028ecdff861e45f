"""Profiles that onnxruntime wrote are read: who ran which operator, in how many stretches, for how much of the time.

`profiles/` holds traces of onnxruntime 1.24.1 with OpenVINO (the first of Relu, Sigmoid, Hardmax, Abs, Tanh, Hardmax,
Relu, GlobalAveragePool and Flatten; OpenVINO lacks Hardmax) and of onnxruntime 1.18.1, less the arguments not read.
"""

from pathlib import Path

import msgspec
import pytest

from readiness_agent.runtimes import Operation, Profile
from readiness_agent.runtimes.onnx_profile import placed, read

OPENVINO, CPU, CUDA = "OpenVINOExecutionProvider", "CPUExecutionProvider", "CUDAExecutionProvider"
# What get_provider_graph_assignment_info gave beside the trace.
PARTED = [(OPENVINO, 2), (OPENVINO, 2), (OPENVINO, 3), (CPU, 1), (CPU, 1)]


def recorded(name: str, skip: int = 1) -> Profile:
    return read((Path(__file__).parent / "profiles" / f"{name}.json").read_bytes(), skip)


def profile(*ran: tuple[str, str, str, float], total_ms: float = 10.0) -> Profile:
    return Profile(tuple(Operation(*one) for one in ran), 1, total_ms)


def test_a_compiling_provider_that_lacks_an_operator() -> None:
    parted = recorded("openvino_parted")
    assert [one.provider for one in parted.operations] == [OPENVINO, CPU, OPENVINO, CPU, OPENVINO]
    assert [one.kind for one in parted.operations if one.provider == CPU] == ["Hardmax", "Hardmax"]
    told = placed(parted, OPENVINO, PARTED)
    assert told is not None
    assert (told.operators, told.on_provider, told.partitions) == (9, 7, 3)
    assert told.elsewhere_share
    assert 0 < told.elsewhere_share < 0.5
    as_run = placed(parted, OPENVINO)
    assert as_run is not None
    assert (as_run.operators, as_run.on_provider, as_run.partitions) == (5, 3, 3)


def test_a_compiling_provider_that_takes_all() -> None:
    told = placed(recorded("openvino_whole"), OPENVINO, [(OPENVINO, 6)])
    assert told is not None
    assert (told.operators, told.on_provider, told.partitions, told.elsewhere_share) == (6, 6, 1, 0.0)


def test_a_provider_that_the_session_lists_and_that_runs_nothing() -> None:
    told = placed(recorded("openvino_idle"), OPENVINO, [(CPU, 1)] * 4)
    assert told is not None
    assert (told.operators, told.on_provider, told.partitions, told.elsewhere_share) == (4, 0, 0, 1.0)


def test_an_older_onnxruntime_with_its_fences() -> None:
    old = recorded("cpu_1_18")
    assert [(one.name, one.kind) for one in old.operations] == [
        ("Relu_0", "Relu"), ("Sigmoid_1", "Sigmoid"), ("GlobalAveragePool_2", "GlobalAveragePool"),
        ("Flatten_3", "Flatten"),
    ]  # fmt: skip
    assert (old.runs, recorded("cpu_1_18", skip=0).runs) == (2, 3)
    assert sum(one.total_ms for one in old.operations) <= old.total_ms


def test_kernels_side_by_side_are_one_stretch_and_carriers_are_no_operators() -> None:
    ran = profile(
        ("a", "Conv", CUDA, 1.0), ("b", "Relu", CUDA, 1.0), ("m", "MemcpyToHost", CUDA, 3.0),
        ("c", "NonMaxSuppression", CPU, 2.0), ("d", "Conv", CUDA, 1.0),
    )  # fmt: skip
    told = placed(ran, CUDA)
    assert told is not None
    assert (told.operators, told.on_provider, told.partitions, told.elsewhere_share) == (4, 3, 2, 0.2)


def test_compiled_parts_side_by_side_are_two() -> None:
    told = placed(profile((f"{CUDA}_part_0", "part_0", CUDA, 1.0), (f"{CUDA}_part_1", "part_1", CUDA, 1.0)), CUDA)
    assert told is not None
    assert told.partitions == 2


def test_the_body_of_a_loop_is_counted_and_the_loop_around_it_is_not() -> None:
    def event(name: str, kind: str, dur: float) -> dict[str, object]:
        return {"cat": "Node", "name": f"{name}_kernel_time", "dur": dur, "args": {"op_name": kind, "provider": CPU}}

    run = {"cat": "Session", "name": "model_run", "dur": 100, "args": {}}
    events = [event("inner", "Add", 20), event("inner", "Add", 30), event("loop", "Loop", 60), run]
    told = read(msgspec.json.encode(events))
    assert told.operations == (Operation("inner", "Add", CPU, 0.05),)


def test_a_profile_that_does_not_name_providers_tells_nothing() -> None:
    assert placed(profile(("a", "Conv", "", 1.0)), CUDA) is None
    assert placed(profile(), CUDA) is None


@pytest.mark.parametrize("trace", [b"", b"[{", b"{}", b'[{"dur": "long"}]'])
def test_a_trace_that_is_cut_or_odd_is_refused(trace: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(trace)
