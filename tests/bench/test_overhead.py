"""What timing a model inside the agent costs: its inference p50 over a bare loop's, and its p95 over that unsampled."""

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
PAIRS, BLOCK_S, LOOP_S, MOST_P95 = 60, 0.2, 0.6, 1.01

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
from readiness_agent.sysroot import Tree
from readiness_agent.worker.between import Between, Gauges
from readiness_agent.worker.jobs import Measure
from readiness_agent.worker.loop import closed_loop
from readiness_agent.worker.predictor import load
from readiness_agent.worker.runs import Runs
job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Measure)
runs = Runs(load(job.load)[0], [Path(file) for file in job.frames])
between = Between(Gauges(Tree()), lambda done, total: None, lambda: False)
for line in sys.stdin:
    closed = closed_loop(msgspec.structs.replace(job, runs=int(line)), runs, between)
    print(np.median(closed.samples.infer), flush=True)
"""

# The agent's own timed loop, which samples a board (the tree of files in the second word) between blocks where the line
# is not 0, and never where it is; prints the end-to-end p95 in ns.
SAMPLED = """
import gc, sys
import msgspec
import numpy as np
from pathlib import Path
from readiness_agent.sysroot import Tree
from readiness_agent.worker.between import Between, Gauges
from readiness_agent.worker.jobs import Block, Measure
from readiness_agent.worker.loop import closed_loop
from readiness_agent.worker.predictor import load
from readiness_agent.worker.runs import Runs
class Blind(Between):
    def block(self, start_s, runs, uss_mib=None):
        return Block(start_s=start_s, runs=runs)
job = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Measure)
runs = Runs(load(job.load)[0], [Path(file) for file in job.frames])
gauges = Gauges(Tree(Path(sys.argv[2])))
assert gauges.temperature_c() and gauges.frequency_mhz() and gauges.available_mib()
gc.disable()
for line in sys.stdin:
    kind = Between if int(line) else Blind
    closed = closed_loop(job, runs, kind(gauges, lambda done, total: None, lambda: False))
    print(np.percentile(closed.samples.end_to_end, 95), flush=True)
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


def test_sampling_the_board_moves_p95_by_less_than_a_hundredth(shared_data: Path, tmp_path: Path) -> None:
    """Blocks of 0.2 s are the shortest of any plan, so that as many runs as ever come right after a sample."""
    frames = sorted((shared_data / "frames" / "car-detection").glob("*.jpg"))[:4]
    job = Measure(
        load=Load(
            path=str(shared_data / "models" / "tflite" / "mobilenet_v1_0.25_224_float.tflite"),
            card=cards.read(CARDS / "mobilenet_v1_0.25_224_float.card.toml"),
        ),
        frames=tuple(map(str, frames)),
        runs=1,
        seconds=LOOP_S,
        block_s=BLOCK_S,
        most_runs=10**6,
    )
    (tmp_path / "job.json").write_bytes(msgspec.json.encode(job))
    _board(tmp_path / "board")
    with _started(SAMPLED, str(tmp_path / "job.json"), str(tmp_path / "board")) as process:
        pairs = []
        for number in range(PAIRS + 2):
            first = _asked(process, number % 2)
            second = _asked(process, 1 - number % 2)
            pairs.append((first, second) if number % 2 else (second, first))
        assert process.stdin is not None
        process.stdin.close()
    sampled, blind = np.array(pairs[2:]).T
    ratio = float(np.exp(np.median(np.log(sampled / blind))))
    print(f"\nend-to-end p95, sampled over not, {PAIRS} interleaved pairs of {LOOP_S} s: {ratio:.4f}")
    print(f"  p95 ms: sampled {np.median(sampled) / 1e6:.3f}, not {np.median(blind) / 1e6:.3f}")
    assert ratio < MOST_P95


def _board(root: Path) -> None:
    """Write what a board of four thermal zones and four clusters has to sample."""
    files = {f"sys/class/thermal/thermal_zone{number}/type": "cpu-thermal" for number in range(4)}
    files |= {f"sys/class/thermal/thermal_zone{number}/temp": "51000" for number in range(4)}
    clocks = "sys/devices/system/cpu/cpufreq/policy{}/scaling_cur_freq"
    files |= {clocks.format(number): "1800000" for number in range(4)}
    files |= {"proc/meminfo": Path("/proc/meminfo").read_text()}
    for path, said in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(said)


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
    return _asked(process, RUNS)


def _asked(process: subprocess.Popen[str], number: int) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{number}\n")
    process.stdin.flush()
    return float(process.stdout.readline())
