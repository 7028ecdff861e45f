"""One model from file to answers: the runtime, the preprocessing and the decoder that its card names, put together."""

from pathlib import Path

import msgspec
import numpy as np

from readiness import canonical
from readiness.evidence.model import Card, CardInput, Model
from readiness.measures.decode import Pixels
from readiness_agent.answers import Answer
from readiness_agent.decoders import Decoder, Mismatch, open_decoder
from readiness_agent.geometry import Geometry
from readiness_agent.inference.cards import from_metadata
from readiness_agent.inference.preprocess import Preprocess
from readiness_agent.runtimes import Array, Port, Runtime, Unrunnable, format_of, open_model

_TASKS = {"softmax": "classification", "argmax": "segmentation"}
_CHANNELS = {"rgb": 3, "bgr": 3, "grey": 1}


class Inference:
    """A model ready to answer: `prepare`, `infer` and `read` are the timed stages of one frame."""

    def __init__(self, runtime: Runtime, card: Card, decoder: Decoder, port: Port) -> None:
        self.runtime, self.card = runtime, card
        self._decoder = decoder
        self.prepare = Preprocess(card.input, port)
        self.infer = runtime.run

    def read(self, outputs: list[Array], geometry: Geometry, floor: float) -> Answer:
        ports = self.runtime.outputs
        real = [_dequantised(output, port) for output, port in zip(outputs, ports, strict=True)]
        return self._decoder.decode(real, self.card, geometry, floor)

    def answer(self, frame: Pixels, floor: float) -> Answer:
        """Run all stages on one BGR frame."""
        batch, geometry = self.prepare(frame)
        return self.read(self.infer(batch), geometry, floor)


def open_inference(
    path: Path, card: Card | None, *, threads: int = 1, provider: str | None = None, runtime: str | None = None
) -> tuple[Inference, Model]:
    """Load a model and check it against its card; raises Unrunnable with one line that says what does not fit.

    Without a card the file's own metadata must say everything.
    """
    loaded = open_model(path, threads=threads, provider=provider, runtime=runtime)
    card = card or from_metadata(loaded.metadata, path)
    port = _fitting(path, loaded, card.input)
    try:
        decoder = open_decoder(card.output.decoder)
        head = decoder.classes([port.shape for port in loaded.outputs], card)
    except Mismatch as error:
        raise Unrunnable(f"{path}: {error}; correct [output] in its card") from None
    wanted = _TASKS.get(card.output.decoder, "detection")
    if card.task != wanted:
        raise Unrunnable(f"{path}: the card says task '{card.task}', its decoder '{card.output.decoder}' does {wanted}")
    return Inference(loaded, card, decoder, port), _model(path, card, head, format_of(path, runtime))


def _model(path: Path, card: Card, head: int | None, kind: str) -> Model:
    data = path.read_bytes()
    record = {
        "name": path.stem,
        "digest": canonical.digest_bytes(data),
        "format": kind,
        "size_mib": round(len(data) / 2**20, 4),
        "card": card,
        "head_classes": head,
    }
    return msgspec.convert(record, Model)


def _fitting(path: Path, loaded: Runtime, how: CardInput) -> Port:
    """Check that the one input takes a batch of one of the card's size, layout and colour."""
    if len(loaded.inputs) != 1:
        names = ", ".join(port.name for port in loaded.inputs)
        raise Unrunnable(f"{path}: it has {len(loaded.inputs)} inputs ({names}); export it with one image input")
    port = loaded.inputs[0]
    try:
        numeric = np.dtype(port.dtype).kind in "fiu"
    except TypeError:
        numeric = False
    if len(port.shape) != 4 or not numeric:
        raise Unrunnable(
            f"{path}: its input '{port.name}' is {port.dtype} {list(port.shape)}, no batch of images; "
            "export it with one image input"
        )
    width, height = how.size
    channels = _CHANNELS[how.colour]
    wanted = (1, channels, height, width) if how.layout == "nchw" else (1, height, width, channels)
    if any(have not in {None, want} for have, want in zip(port.shape, wanted, strict=True)):
        raise Unrunnable(
            f"{path}: its input is {list(port.shape)}, its card asks for {list(wanted)} "
            f"(input.size {width}x{height}, {how.layout}, {how.colour}); correct [input] in the card"
        )
    return msgspec.structs.replace(port, shape=wanted)


def _dequantised(output: Array, port: Port) -> Array:
    if not port.scale or output.dtype.kind not in "iu":
        return output
    real: Array = (output.astype(np.float32) - port.zero_point) * np.float32(port.scale)
    return real
