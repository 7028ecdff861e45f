"""The operators of a model are timed in a worker: every one of them, near to the time of the whole run."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tiny_onnx
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.inference import cards
from readiness_agent.worker.calling import JobRefused, run_job
from readiness_agent.worker.jobs import Load, Operate, Operated

CARDS = Path(__file__).resolve().parents[1] / "cards"
CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.3,
)


@pytest.fixture
def frames(tmp_path: Path) -> tuple[str, ...]:
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for number, file in enumerate(files):
        Image.fromarray(np.full((48, 64, 3), 80 * number, dtype=np.uint8)).save(file)
    return tuple(str(file) for file in files)


def operated(path: Path, frames: tuple[str, ...], runs: int = 10, **how: str) -> Operated:
    card = CARD if path.parent.name not in {"onnx", "tflite"} else cards.read(CARDS / f"{path.stem}.card.toml")
    return run_job(Operate(load=Load(path=str(path), card=card, **how), frames=frames, runs=runs), Operated, "it", 60)


def test_the_operators_of_an_onnx_model_in_their_order(tmp_path: Path, frames: tuple[str, ...]) -> None:
    told = operated(tiny_onnx.chain(tmp_path / "chain.onnx", ["Relu", "Hardmax"]), frames, runs=7)
    assert [one.kind for one in told.operators] == ["Relu", "Hardmax", "GlobalAveragePool", "Flatten"]
    assert {one.provider for one in told.operators} == {"CPUExecutionProvider"}
    assert told.runs == 7
    assert 0 < sum(one.mean_ms for one in told.operators) <= told.run_ms


@pytest.mark.parametrize(
    ("name", "provider", "count", "runner"),
    [
        ("onnx/ultraface_rfb_320.onnx", "cpu", None, "CPUExecutionProvider"),
        ("tflite/mobilenet_v1_0.5_160_quant.tflite", "builtin", 31, "builtin"),
    ],
)
def test_the_operators_take_the_time_of_the_run(
    shared_data: Path, frames: tuple[str, ...], name: str, provider: str, count: int | None, runner: str
) -> None:
    told = operated(shared_data / "models" / name, frames, provider=provider)
    assert count is None or len(told.operators) == count
    assert {one.provider for one in told.operators} == {runner}
    assert 0.6 * told.run_ms < sum(one.mean_ms for one in told.operators) <= told.run_ms


def test_what_xnnpack_took_is_one_operator(shared_data: Path, frames: tuple[str, ...]) -> None:
    told = operated(shared_data / "models" / "tflite" / "mobilenet_v1_0.25_224_float.tflite", frames)
    taken = [one for one in told.operators if one.kind == "DELEGATE"]
    assert {one.provider for one in taken} <= {"XNNPACK"}
    assert len(told.operators) < 31 or not taken


def test_without_usable_frames_it_is_one_line(tmp_path: Path, frames: tuple[str, ...]) -> None:
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    with pytest.raises(JobRefused, match="profiled on frames; there are none"):
        operated(path, ())
    (tmp_path / "odd.png").write_bytes(b"no picture")
    with pytest.raises(JobRefused, match=r"odd\.png: .*capture the frames again"):
        operated(path, (str(tmp_path / "odd.png"),))
