"""Endpoints: the same answers as the file behind them, and one line for what cannot be called."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

import servers
import tiny_onnx
from called import CARD, FRAME, SEEN, failing, opened, parts
from readiness.evidence.model import CardInput, CardOutput
from readiness_agent.answers import Boxes, Scores
from readiness_agent.inference.session import open_called, open_inference
from readiness_agent.runtimes import Unrunnable
from servers import Server, serving

RNG = np.random.default_rng(7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tiny_onnx.averager(tmp_path / "parts.onnx", dims=("n", 3, 8, 8))


@pytest.fixture
def server(file: Path) -> Iterator[Server]:
    with serving(servers.OpenInferenceApp(file)) as server:
        yield server


@pytest.mark.parametrize("binary", [True, False])
def test_an_open_inference_endpoint_answers_as_its_file_does(file: Path, binary: bool) -> None:
    here, model = open_inference(file, CARD)
    with serving(servers.OpenInferenceApp(file, binary=binary)) as server:
        there, called = open_called(f"{server.url}/v2/models/parts/versions/3", CARD, timeout_s=5.0, retries=0)
        for _ in range(20):
            frame = RNG.integers(0, 256, (17, 23, 3), dtype=np.uint8)
            batch, _ = there.prepare(frame)
            one, other = here.infer(batch)[0], there.infer(batch)[0]
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
        assert sum(1 for _, path, headers, _ in server.asked if "infer" in path and servers.LENGTH in headers) == (
            20 if binary else 0
        )
    assert there.runtime.version == "tiny 1.0"
    assert there.runtime.provider == f"open-inference-v2 {'binary' if binary else 'json'}"
    assert (called.name, called.format, called.size_mib) == ("parts-3", "http", None)
    assert called.head_classes == model.head_classes == 3
    assert there.runtime.placement(batch) is None
    with pytest.raises(Unrunnable, match="does not show its operators"):
        there.runtime.operators([batch])


def test_one_connection_serves_many_calls(server: Server) -> None:
    ports: set[int] = set()
    plain = server.process_request

    def noted(request: Any, address: Any) -> None:
        ports.add(address[1])
        plain(request, address)

    server.process_request = noted  # type: ignore[method-assign]
    inference = parts(server)
    for _ in range(10):
        inference.answer(FRAME, 0.1)
    assert len(ports) == 1


def test_the_digest_follows_the_address_and_the_metadata(file: Path) -> None:
    def digest(app: servers.OpenInferenceApp, where: str = "parts") -> tuple[str, str]:
        with serving(app) as server:
            model = open_called(f"{server.url}/v2/models/{where}", CARD, timeout_s=5.0, retries=0)[1]
            again = open_called(f"{server.url}/v2/models/{where}/", CARD, timeout_s=9.0, retries=2)[1]
            assert model.digest == again.digest
            app.platform = "other"
            return model.digest, open_called(f"{server.url}/v2/models/{where}", CARD, timeout_s=5.0, retries=0)[
                1
            ].digest

    first, other_platform = digest(servers.OpenInferenceApp(file))
    assert len({first, other_platform, *digest(servers.OpenInferenceApp(file))}) == 4
    assert first.startswith("sha256:")


def test_what_is_not_there_is_one_line(server: Server, file: Path) -> None:
    nobody = f"http://127.0.0.1:{servers.free_port()}"
    for url, said in (
        (f"{nobody}/v2/models/parts", "cannot be reached: Connection refused"),
        (f"{server.url}/v2/models/other", "HTTP 404: unknown model at /v2/models/other/ready"),
        ("http://endpoint.invalid/v2/models/parts", "cannot be reached: "),
        (f"{server.url}/v2/models/parts?api_key=open", "the URL holds a key"),
        (f"http://me:secret@127.0.0.1:{server.server_port}/p/1", "the URL holds a key"),
        (f"{server.url}/", "the URL names no model; give /PROJECT/VERSION or /v2/models/NAME"),
        (f"{server.url}/infer/object_detection", "the URL names no model; add ?model_id=PROJECT/VERSION"),
        ("http:///x", "names no host"),
        ("http://host:99999/x", "cannot be read"),
    ):
        with pytest.raises(Unrunnable) as refused:
            opened(url)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)
        assert not any(secret in str(refused.value) for secret in ("open", "secret"))
    with pytest.raises(Unrunnable, match=r"an endpoint does not say how .* write parts\.card\.toml here"):
        parts(server, card=None)
    with pytest.raises(Unrunnable, match=r"its card asks for \[1, 3, 9, 9\]"):
        parts(server, card=msgspec.structs.replace(CARD, input=CardInput(size=(9, 9))))
    app = servers.OpenInferenceApp(file)
    app.ready = False
    with serving(app) as loading, pytest.raises(Unrunnable, match="see whether the server runs and has this model"):
        parts(loading)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"name": "parts", "inputs": [], "outputs": []}, "names no inputs or no outputs"),
        ({"inputs": 3}, "no metadata of the Open Inference Protocol v2"),
        (
            {
                "name": "parts",
                "inputs": [{"name": "image", "datatype": "FP16", "shape": [-1, 3, 8, 8]}],
                "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}],
            },
            "takes FP16, which JSON cannot carry",
        ),
        (
            {
                "name": "parts",
                "inputs": [{"name": "image", "datatype": "BYTES", "shape": [1]}],
                "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}],
            },
            "its input 'image' is BYTES [1], no batch of images",
        ),
    ],
)
def test_metadata_that_no_image_model_has_is_one_line(metadata: Any, said: str) -> None:
    with serving(servers.answering(metadata)) as server, pytest.raises(Unrunnable) as refused:
        parts(server)
    assert said in str(refused.value)


def detections(*boxes: tuple[float, ...], names: tuple[str, ...] = ("nut", "bolt")) -> dict[str, Any]:
    keys = ("x", "y", "width", "height", "confidence")
    told = [
        dict(zip(keys, box, strict=True)) | {"class": name, "class_id": 9, "detection_id": "a"}
        for box, name in zip(boxes, names, strict=False)
    ]
    return {"predictions": told, "image": {"width": 64, "height": 48}, "time": 0.1, "inference_id": "x"}


@pytest.mark.parametrize("path", ["/parts/3", "/infer/object_detection?model_id=parts/3"])
def test_roboflows_boxes_come_in_the_frames_pixels(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("READINESS_API_KEY", "s3cret")
    told = detections((32, 24, 16, 8, 0.9), (8, 6, 4, 4, 0.05))
    with serving(servers.answering(told)) as server:
        inference, model = open_called(f"{server.url}{path}", SEEN, timeout_s=5.0, retries=0)
        frame = np.zeros((96, 256, 3), dtype=np.uint8)  # fits into 64 x 24: a quarter, 12 rows down
        frame[:, 128:] = 255
        answer = inference.answer(frame, 0.01)
        (_, asked, headers, body) = server.asked[-1]
    assert isinstance(answer, Boxes)
    np.testing.assert_allclose(answer.xywh, [[96, 32, 64, 32]])  # the other lies in the padding
    assert (answer.scores.tolist(), answer.rows.tolist()) == ([0.9], [1])
    assert (model.name, model.format, model.size_mib, model.head_classes) == ("parts-3", "http", None, None)
    if path.startswith("/infer"):
        said = json.loads(body)
        picture = base64.b64decode(said.pop("image")["value"])
        wanted = {"confidence": 0.01, "iou_threshold": 0.5, "max_detections": 300, "model_id": "parts/3"}
        assert said == wanted | {"api_key": "s3cret"}
        assert "s3cret" not in asked
    else:
        assert asked == "/parts/3?confidence=0.01&overlap=0.5&max_detections=300&api_key=s3cret"
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        picture = base64.b64decode(body)
    sent = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert sent.shape == (48, 64, 3)
    assert abs(int(sent[24, 60, 0]) - 255) < 3
    assert abs(int(sent[2, 2, 0]) - 114) < 3


@pytest.mark.parametrize(
    "predictions",
    [
        [{"class": "blue", "class_id": 2, "confidence": 0.75}, {"class": "red", "class_id": 0, "confidence": 0.25}],
        {"blue": {"confidence": 0.75, "class_id": 2}, "red": {"confidence": 0.25, "class_id": 0}},
    ],
)
def test_roboflows_classes_come_in_the_cards_order(predictions: Any) -> None:
    card = msgspec.structs.replace(CARD, output=CardOutput(decoder="roboflow"))
    told = {"predictions": predictions, "top": "blue", "confidence": 0.75, "image": {"width": 8, "height": 8}}
    with serving(servers.answering(told)) as server:
        answer = opened(f"{server.url}/colours/1", card).answer(FRAME, 0.1)
    assert isinstance(answer, Scores)
    assert answer.values.tolist() == [0.25, 0.0, 0.75]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (detections((1, 1, 1, 1, 0.9), names=("screw",)), "it answers class 'screw', which 'classes' in its card"),
        (detections((1, 1, 1, 1, 1.9)), "its answer cannot be read"),
        (detections((1, 1, "wide", 1, 0.9)), "its answer cannot be read"),  # type: ignore[arg-type]
        (detections() | {"image": {"width": 640, "height": 480}}, "for a picture of 640x480, one of 64x48 was sent"),
        ({"message": "Forbidden"}, "its answer cannot be read"),
        ([], "its answer cannot be read"),
    ],
)
def test_an_answer_that_is_not_roboflows_is_a_failed_call(told: Any, said: str) -> None:
    with serving(servers.answering(told)) as server:
        failed = failing(opened(f"{server.url}/parts/3", SEEN))
    assert (failed.kind, said in str(failed)) == ("bad answer", True), str(failed)


def test_a_card_that_roboflows_json_cannot_serve_is_one_line(file: Path) -> None:
    for changes, said in (
        ({"output": CardOutput(decoder="yolo")}, "'output.decoder = \"roboflow\"'"),
        ({"task": "segmentation"}, "segmentation over Roboflow's JSON cannot be read"),
    ):
        with pytest.raises(Unrunnable, match=said):
            opened("http://127.0.0.1:9/parts/3", msgspec.structs.replace(SEEN, **changes))
    with pytest.raises(Unrunnable, match="decoder 'roboflow' reads an endpoint"):
        open_inference(file, msgspec.structs.replace(CARD, output=CardOutput(decoder="roboflow")))
