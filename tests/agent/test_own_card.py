"""Cards made of the file's own metadata: by the heads that exporters write, and never by a guess."""

import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from readiness.evidence.model import Card
from readiness.measures.decode import pixels
from readiness_agent.answers import Mask
from readiness_agent.decoders import Shape
from readiness_agent.inference import own_card, tflite_metadata
from readiness_agent.inference.session import open_inference
from readiness_agent.runtimes import Array, Port, Unrunnable

NAMES = "{0: 'bolt', 1: 'nut', 2: 'screw'}"
ULTRALYTICS = {"task": "detect", "names": NAMES, "imgsz": "[480, 640]", "stride": "32"}


class Loaded:
    """A runtime as far as a card needs it."""

    version, provider, fell_back = "0", "CPU", ""

    def __init__(self, metadata: dict[str, str], outputs: list[Shape], fed: Shape = (1, 3, 480, 640)) -> None:
        self.metadata = metadata
        self.inputs = (Port(name="images", shape=fed, dtype="float32"),)
        self.outputs = tuple(Port(name="output", shape=shape, dtype="float32") for shape in outputs)

    def run(self, batch: Array) -> list[Array]:
        raise NotImplementedError


def made(metadata: dict[str, str], outputs: list[Shape], **how: Shape) -> Card:
    return own_card.of_file(Loaded(metadata, outputs, **how), Path("parts.onnx"))


@pytest.mark.parametrize(
    ("metadata", "output", "decoder"),
    [
        (ULTRALYTICS, (1, 7, 6300), "yolo"),
        (ULTRALYTICS, (1, 300, 6), "yolo_nms"),
        (ULTRALYTICS | {"task": "classify"}, (1, 3), "softmax"),
        ({"names": NAMES, "stride": "32"}, (1, 18900, 8), "yolov5"),
        ({"names": "['bolt', 'nut', 'screw']", "stride": "32"}, (1, 18900, 8), "yolov5"),
    ],
)
def test_the_head_follows_from_metadata_and_shape(metadata: dict[str, str], output: Shape, decoder: str) -> None:
    card = made(metadata, [output])
    assert (card.output.decoder, card.classes, card.input.size) == (decoder, ("bolt", "nut", "screw"), (640, 480))
    assert card.output.coordinates is msgspec.UNSET


@pytest.mark.parametrize(
    ("metadata", "outputs", "said"),
    [
        ({}, [(1, 7, 6300)], "does not say 'task'"),
        ({"names": NAMES}, [(1, 3)], "does not say 'task'"),
        ({"task": "detect", "names": NAMES}, [(1, 7, 6300)], "does not say 'imgsz'"),
        (ULTRALYTICS | {"task": "pose"}, [(1, 56, 6300)], "task 'pose', which no decoder reads"),
        (ULTRALYTICS | {"names": "{0: 'bolt', 2: 'nut'}"}, [(1, 7, 6300)], "cannot be read"),
        (ULTRALYTICS | {"imgsz": "[640"}, [(1, 7, 6300)], "cannot be read"),
        (ULTRALYTICS | {"imgsz": "[640, 'x']"}, [(1, 7, 6300)], "cannot be read"),
        (ULTRALYTICS | {"imgsz": "[0, 640]"}, [(1, 7, 6300)], "'input.size' must be above 0"),
    ],
)
def test_what_is_unknown_or_unreadable_is_one_line(metadata: dict[str, str], outputs: list[Shape], said: str) -> None:
    with pytest.raises(Unrunnable, match=said) as error:
        made(metadata, outputs)
    assert "\n" not in str(error.value)


def test_yolov5_without_a_fixed_input_does_not_say_its_size() -> None:
    with pytest.raises(Unrunnable, match="does not say 'imgsz'"):
        made({"names": NAMES}, [(1, None, 8)], fed=(1, 3, None, None))


@pytest.mark.parametrize("write", [json.dumps, str])
def test_ultralytics_appends_its_metadata_to_a_tflite_file(tmp_path: Path, write: object) -> None:
    assert callable(write)
    path = tmp_path / "parts.tflite"
    path.write_bytes(b"\x1c\0\0\0TFL3" + bytes(64))
    with zipfile.ZipFile(path, "a") as archive:
        said = {"task": "detect", "names": {0: "bolt", 1: "nut"}, "imgsz": [480, 640]}
        archive.writestr("metadata.json", write(said))
    card = own_card.of_file(Loaded({}, [(1, 6, 6300)], (1, 480, 640, 3)), path)
    assert (card.input.layout, card.input.size, card.classes) == ("nhwc", (640, 480), ("bolt", "nut"))
    assert (card.output.decoder, card.output.coordinates) == ("yolo", "relative")


def test_a_segmenter_that_says_it_all_needs_no_card(shared_data: Path) -> None:
    inference, model = open_inference(shared_data / "models/tflite/deeplabv3_257_float.tflite", None)
    assert (len(model.card.classes), model.head_classes) == (21, 21)
    folder = shared_data / "datasets" / "segmentation_samples"
    answer = inference.answer(pixels((folder / "segmentation_input_rotation0.jpg").read_bytes()), 0.0)
    assert isinstance(answer, Mask)
    with Image.open(next(folder.glob("*golden*rotation0*"))) as golden:
        assert (answer.rows == np.asarray(golden.convert("L")) // 10).mean() > 0.999


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("coco_ssd_mobilenet_v1_1.0_quant_2018_06_29", "confidence"),
        ("mobilenet_v1_0.25_224_quant", "confidence"),
        ("mobilenet_v1_0.25_224_float", "classes"),
        ("deeplabv3_mnv2_dm05_pascal_quant", "classes"),
    ],
)
def test_tflite_files_that_leave_something_out_name_it(shared_data: Path, name: str, key: str) -> None:
    with pytest.raises(Unrunnable, match=f"does not say '{key}'"):
        open_inference(shared_data / "models" / "tflite" / f"{name}.tflite", None)


def test_the_metadata_of_real_files(shared_data: Path) -> None:
    models = shared_data / "models" / "tflite"
    said = tflite_metadata.read((models / "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite").read_bytes())
    assert said.labels is not None
    assert (len(said.labels), said.labels[0], said.labels[-1]) == (90, "person", "toothbrush")
    assert (said.mean, said.std, said.colour, said.threshold) == ((127.5,), (127.5,), "rgb", None)
    assert said.licence.startswith("Apache License")
    assert tflite_metadata.read((models / "yolox_nano_int8_quantize.tflite").read_bytes()) == tflite_metadata.Said()


@settings(max_examples=60, deadline=None)
@given(cut=st.floats(0, 1), places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30))
def test_damaged_metadata_says_nothing_and_breaks_nothing(
    shared_data: Path, cut: float, places: list[tuple[float, int]]
) -> None:
    whole = (shared_data / "models/tflite/deeplabv3_257_float.tflite").read_bytes()
    # The tables stand at both ends of the file; the weights between them are of no interest.
    data = bytearray(whole[:2000] + whole[-4000:][: int(4000 * cut)])
    for place, value in places:
        data[int(place * (len(data) - 1))] = value
    assert isinstance(tflite_metadata.read(bytes(data)), tflite_metadata.Said)
    assert isinstance(tflite_metadata.attached(bytes(data)), dict)
