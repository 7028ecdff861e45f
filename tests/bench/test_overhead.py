"""What timing a model inside the agent costs: its inference p50 over that of a bare loop of `InferenceSession.run`."""

import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from readiness_agent.inference import cards
from readiness_agent.worker.jobs import Load, Measure

pytestmark = pytest.mark.bench

CARDS = Path(__file__).resolve().parents[1] / "cards"
BLOCKS, RUNS, MOST = 20, 40, 1.02

# Reads a path per line on stdin, runs one block of bare inference on those inputs, and prints its p50 in ns.
BARE = """
import sys, time
import numpy as np, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
name, inputs = session.get_inputs()[0].name, list(np.load(sys.argv[2])["batches"])
for line in sys.stdin:
    taken = []
    for number in range(int(line)):
        batch = inputs[number % len(inputs)]
        begun = time.perf_counter_ns()
        session.run(None, {name: batch})
        taken.append(time.perf_counter_ns() - begun)
    print(np.median(taken), flush=True)
"""

# The agent's own timed loop over the same frames, a block for each line; prints its inference p50 in ns.
OURS = """
import sys
import msgspec
import numpy as np
from pathlib import Path
from readiness_agent.worker.jobs import Measure
from readiness_agent.worker.measure import Loop
from readiness_agent.worker.predictor import load
job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Measure)
inference, _ = load(job.load)
for line in sys.stdin:
    loop = Loop(msgspec.structs.replace(job, runs=int(line)), inference, [Path(file) for file in job.frames])
    loop.measure()
    print(np.median(loop.stages[2]), flush=True)
"""


def test_inference_costs_no_more_than_a_bare_loop(shared_data: Path, tmp_path: Path) -> None:
    model = shared_data / "models" / "onnx" / "yolox_nano.onnx"
    frames = sorted((shared_data / "frames" / "car-detection").glob("*.jpg"))[:8]
    job = Measure(
        load=Load(path=str(model), card=cards.read(CARDS / "yolox_nano.card.toml")),
        frames=tuple(map(str, frames)),
        runs=RUNS,
        seconds=0.0,
    )
    (tmp_path / "job.json").write_bytes(msgspec.json.encode(job))
    np.savez(tmp_path / "inputs.npz", batches=_batches(job, frames))
    ours = _started(OURS, str(tmp_path / "job.json"))
    bare = _started(BARE, str(model), str(tmp_path / "inputs.npz"))
    with ours, bare:
        for process in (ours, bare):
            _block(process)
        pairs = [_pair(ours, bare, bare_first=bool(number % 2)) for number in range(BLOCKS)]
        for process in (ours, bare):
            assert process.stdin is not None
            process.stdin.close()
    ratios = np.array([mine / peers for mine, peers in pairs])
    ratio = float(np.median(ratios))
    print(f"\ninference p50, agent over bare loop, {BLOCKS} interleaved blocks of {RUNS}: {ratio:.4f}")
    print(f"  blocks: {', '.join(f'{one:.3f}' for one in ratios)}")
    mine, theirs = (np.median(series) / 1e6 for series in zip(*pairs, strict=True))
    print(f"  p50 ms: agent {mine:.3f}, bare {theirs:.3f}")
    assert ratio <= MOST


def _pair(ours: subprocess.Popen[str], bare: subprocess.Popen[str], *, bare_first: bool) -> tuple[float, float]:
    """Run a block of each, in turn the one or the other first, so that drift favours none."""
    if bare_first:
        theirs = _block(bare)
        return _block(ours), theirs
    return _block(ours), _block(bare)


def _batches(job: Measure, frames: list[Path]) -> np.ndarray:
    from readiness.measures.decode import pixels
    from readiness_agent.worker.predictor import load

    inference, _ = load(job.load)
    return np.stack([inference.prepare(pixels(frame.read_bytes()))[0] for frame in frames])


def _started(program: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _block(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{RUNS}\n")
    process.stdin.flush()
    return float(process.stdout.readline())
