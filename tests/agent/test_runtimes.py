"""What runs a model is what was asked, or it is told: providers, delegates, fallbacks, and equal answers."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from ai_edge_litert import interpreter as litert

import tiny_onnx
from readiness.evidence.benchmark import Placement
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.runtimes import Array, Runtime, Unrunnable, onnx, open_model
from readiness_agent.runtimes.onnx_providers import CPU, choose
from readiness_agent.runtimes.tflite_delegates import Asked, read
from readiness_agent.runtimes.tflite_placement import DELEGATE
from readiness_agent.worker.jobs import Describe, Load
from readiness_agent.worker.predictor import describe

CUDA, TENSORRT, OPENVINO = "CUDAExecutionProvider", "TensorrtExecutionProvider", "OpenVINOExecutionProvider"
XNNPACK, QNN = "XnnpackExecutionProvider", "QNNExecutionProvider"
THERE = [TENSORRT, CUDA, OPENVINO, XNNPACK, QNN, "AzureExecutionProvider", CPU]
MODEL = Path("m.onnx")
SSD = "tflite/coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite"
CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.5,
)


@pytest.fixture(scope="session")
def copier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An external delegate, made here: it takes operators of one kind, which only copy."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make a delegate with")
    made = tmp_path_factory.mktemp("delegate") / "libcopying.so"
    source = Path(__file__).parent / "copying_delegate.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source)], check=True)
    return made


def batch_for(model: Runtime) -> Array:
    port = model.inputs[0]
    drawn = np.random.default_rng(3).integers(0, 255, [size or 1 for size in port.shape])
    return drawn.astype(port.dtype)


def equal(left: Sequence[Array], right: Sequence[Array]) -> bool:
    return len(left) == len(right) and all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def refused(path: Path, provider: str) -> str:
    with pytest.raises(Unrunnable) as error:
        open_model(path, provider=provider)
    line = str(error.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("asked", "chain", "session_threads"),
    [
        (None, ((CPU, {}),), 3),
        ("cuda", ((CUDA, {}), (CPU, {})), 3),
        ("CUDAExecutionProvider:1", ((CUDA, {"device_id": "1"}), (CPU, {})), 3),
        ("openvino:GPU", ((OPENVINO, {"num_of_threads": "3", "device_type": "GPU"}), (CPU, {})), 3),
        ("xnnpack", ((XNNPACK, {"intra_op_num_threads": "3"}), (CPU, {})), 1),
        ("qnn:libQnnHtp.so", ((QNN, {"backend_path": "libQnnHtp.so"}), (CPU, {})), 3),
    ],
)
def test_a_provider_and_its_device(asked: str | None, chain: tuple[object, ...], session_threads: int) -> None:
    chosen = choose(MODEL, asked, THERE, 3)
    assert (chosen.chain, chosen.session_threads) == (chain, session_threads)


def test_what_tensorrt_leaves_is_for_cuda_and_it_leaves_nothing_on_the_disk() -> None:
    (_, told), second, last = choose(MODEL, "tensorrt:1", THERE, 1).chain
    assert (told["trt_engine_cache_enable"], told["device_id"]) == ("False", "1")
    assert (second, last[0]) == ((CUDA, {"device_id": "1"}), CPU)
    assert len(choose(MODEL, "tensorrt", [TENSORRT, CPU], 1).chain) == 2


def test_a_provider_or_device_that_is_not_there() -> None:
    with pytest.raises(Unrunnable, match="no provider 'coreml' in this onnxruntime; it has cpu, cuda, openvino, qnn"):
        choose(MODEL, "coreml", THERE, 1)
    with pytest.raises(Unrunnable, match="one device only; ask for 'xnnpack' without ':2'"):
        choose(MODEL, "xnnpack:2", THERE, 1)


class Session:
    """A session as onnxruntime gives it where a provider was left out, or lists it and gives it nothing to do."""

    def __init__(self, real: onnxruntime.InferenceSession, listed: str) -> None:
        self._real, self._listed = real, listed

    def get_providers(self) -> list[str]:
        return [self._listed, CPU]

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def silent(monkeypatch: pytest.MonkeyPatch, listed: str) -> None:
    """Offer CUDA, and run on the processor with a session that lists `listed` first."""
    real = onnx._session
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])

    def session(path: Path, chosen: onnx.Chosen, profile_in: Path | None = None) -> Session:
        return Session(real(path, chosen._replace(chain=((CPU, {}),)), profile_in), listed)

    monkeypatch.setattr(onnx, "_session", session)


@pytest.mark.parametrize("listed", [CPU, CUDA])
def test_a_silent_fallback_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str) -> None:
    silent(monkeypatch, listed)
    path = tiny_onnx.averager(tmp_path / "mean.onnx")
    told = describe(Describe(load=Load(path=str(path), card=CARD, provider="cuda")))
    assert told.fell_back.startswith("CUDAExecutionProvider was asked")
    assert told.placement is not None
    assert (told.placement.operators, told.placement.on_provider) == (2, 0)


def test_a_provider_that_raises_gives_way_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = onnx._session

    def session(path: Path, chosen: onnx.Chosen, profile_in: Path | None = None) -> object:
        if chosen.name == CUDA:
            raise RuntimeError("CUDA failure 35: driver too old ; GPU=0\nmore")
        return real(path, chosen, profile_in)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(onnx, "_session", session)
    model = open_model(tiny_onnx.averager(tmp_path / "mean.onnx"), provider="cuda")
    assert model.provider == CPU
    assert model.fell_back == f"{CUDA} was asked, {CPU} runs it: CUDA failure 35: driver too old ; GPU=0"
    assert "Quuxify" in refused(tiny_onnx.alien(tmp_path / "alien.onnx"), "cuda")


def test_the_processor_runs_all_and_leaves_no_profile_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    model = open_model(tiny_onnx.chain(tmp_path / "chain.onnx", ["Relu", "Hardmax", "Abs"]))
    batch = batch_for(model)
    before = model.run(batch)
    told = model.placement(batch)
    assert told == Placement(provider=CPU, operators=5, on_provider=5, partitions=1, elsewhere_share=0.0)
    assert equal(model.run(batch), before)
    assert not list((tmp_path / "t").iterdir())


def test_a_full_disk_is_one_line_and_no_placement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_model(tiny_onnx.averager(tmp_path / "mean.onnx"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert model.placement(batch_for(model)) is None
    with pytest.raises(Unrunnable, match="no profile of its operators"):
        model.operators([batch_for(model)])


def test_delegates_are_read_from_the_command_line() -> None:
    here = Path("m.tflite")
    assert read(here, None) == read(here, "CPU") == Asked("XNNPACK", named=False)
    assert read(here, "xnnpack") == Asked("XNNPACK")
    assert read(here, "builtin") == Asked("builtin")
    assert read(here, "coral:device=usb:0") == Asked("coral", "libedgetpu.so.1", (("device", "usb:0"),))
    assert read(here, "/o/libx.so:a=1,b=") == Asked("libx.so", "/o/libx.so", (("a", "1"), ("b", "")))
    for odd in ("gpu", "xnnpack:1", "cuda"):
        with pytest.raises(Unrunnable, match="ask for cpu, xnnpack, builtin, coral, or a delegate's library"):
            read(here, odd)


def test_delegates_that_are_not_there_or_are_none(shared_data: Path, tmp_path: Path, copier: Path) -> None:
    model = shared_data / "models" / SSD
    assert "library libedgetpu.so.1 does not load: cannot open shared object" in refused(model, "coral")
    assert "does not load" in refused(model, str(tmp_path / "no.so"))
    assert "is no option of a delegate; write it as key=value" in refused(model, f"{copier}:kind")
    assert f"{copier} does not start: no device found at usb:0" in refused(model, f"{copier}:device=usb:0")
    (tmp_path / "text.so").write_text("no library " * 100)
    assert "invalid ELF header" in refused(model, str(tmp_path / "text.so"))
    wheel = Path(onnxruntime.__file__).parent / "capi" / "libonnxruntime_providers_shared.so"
    assert "is no TFLite delegate" in refused(model, str(wheel))


def test_an_external_delegate_runs_its_part(shared_data: Path, copier: Path) -> None:
    plain = open_model(shared_data / "models" / SSD)
    model = open_model(shared_data / "models" / SSD, provider=f"{copier}:kind=22")
    batch = batch_for(plain)
    assert equal(model.run(batch), plain.run(batch))
    assert (model.provider, model.fell_back) == ("libcopying.so", "")
    told = model.placement(batch)
    assert told is not None
    assert (told.operators, told.on_provider, told.partitions) == (64, 13, 2)
    assert told.elsewhere_share
    assert told.elsewhere_share > 0.5
    runners = {one.provider for one in model.operators([batch]).operations}
    assert runners == {"libcopying.so", "XNNPACK", "builtin"}


def test_an_external_delegate_that_takes_nothing_is_a_fallback(shared_data: Path, copier: Path) -> None:
    model = open_model(shared_data / "models" / SSD, provider=str(copier))
    assert model.provider in {"XNNPACK", "builtin"}
    assert model.fell_back == "libcopying.so was asked and takes none of the 64 operators"


@pytest.mark.parametrize("name", [SSD, "tflite/yolox_nano_int8_quantize.tflite", "tflite/deeplabv3_257_float.tflite"])
def test_the_counts_are_those_of_the_plan_that_runs(shared_data: Path, name: str) -> None:
    """What is counted from the tensors equals what TFLite's own order of execution leaves out."""
    model = open_model(shared_data / "models" / name)
    batch = batch_for(model)
    before, told = model.run(batch), model.placement(batch)
    assert told is not None
    ran = model.operators([batch, batch])
    assert told.operators - told.on_provider == sum(1 for one in ran.operations if one.kind != DELEGATE)
    assert told.partitions == sum(1 for one in ran.operations if one.kind == DELEGATE)
    assert 0.5 * ran.total_ms < sum(one.total_ms for one in ran.operations) <= ran.total_ms
    assert equal(model.run(batch), before)


def test_the_kernels_without_xnnpack_are_timed_one_by_one(shared_data: Path) -> None:
    model = open_model(shared_data / "models" / "tflite" / "mobilenet_v1_0.25_224_float.tflite", provider="builtin")
    batch = batch_for(model)
    assert model.placement(batch) == Placement(
        provider="builtin", operators=31, on_provider=31, partitions=1, elsewhere_share=0.0
    )
    ran = model.operators([batch] * 3)
    assert (len(ran.operations), ran.runs) == (31, 3)
    assert {one.provider for one in ran.operations} == {"builtin"}
    assert [one.kind for one in ran.operations][-1] == "SOFTMAX"


@pytest.mark.parametrize("name", ["onnx/FastestDet.onnx", "onnx/ultraface_rfb_320.onnx", "onnx/yolox_nano.onnx"])
def test_answers_are_onnxruntimes_own(shared_data: Path, name: str) -> None:
    path = shared_data / "models" / name
    model = open_model(path)
    batch = batch_for(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    bare = onnxruntime.InferenceSession(str(path), options, providers=[CPU])
    assert equal(model.run(batch), bare.run(None, {bare.get_inputs()[0].name: batch}))


@pytest.mark.parametrize(
    "name", [SSD, "tflite/mobilenet_v1_0.25_224_quant.tflite", "tflite/deeplabv3_257_float.tflite"]
)
def test_answers_are_litert_s_own(shared_data: Path, name: str) -> None:
    path = shared_data / "models" / name
    model = open_model(path)
    batch = batch_for(model)
    bare = litert.Interpreter(model_path=str(path), num_threads=1)
    bare.allocate_tensors()
    bare.set_tensor(bare.get_input_details()[0]["index"], batch)
    bare.invoke()
    assert equal(model.run(batch), [bare.get_tensor(one["index"]) for one in bare.get_output_details()])
