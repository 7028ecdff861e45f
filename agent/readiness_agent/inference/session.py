"""One model from file or endpoint to answers: runtime, preprocessing and the decoder that its card names, together."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from readiness import canonical
from readiness.evidence.model import Card, CardInput, Model
from readiness.measures.decode import Pixels
from readiness_agent.answers import Answer
from readiness_agent.decoders import Decoder, Mismatch, open_decoder
from readiness_agent.endpoints.address import ROBOFLOW, parse
from readiness_agent.geometry import Geometry
from readiness_agent.inference import own_card
from readiness_agent.inference.preprocess import Encode, Preprocess
from readiness_agent.runtimes import Array, Port, Runtime, Unrunnable, format_of, open_model

_TASKS = {"softmax": "classification", "argmax": "segmentation"}
_CHANNELS = {"rgb": 3, "bgr": 3, "grey": 1}
Prepare = Callable[[Pixels], tuple[Array, Geometry]]


class Inference:
    """A model ready to answer: `prepare`, `infer` and `read` are the timed stages of one frame."""

    def __init__(self, runtime: Runtime, card: Card, decoder: Decoder, prepare: Prepare) -> None:
        self.runtime, self.card = runtime, card
        self._decoder = decoder
        self.prepare = prepare
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
    card = card or own_card.of_file(loaded, path)
    prepare = Preprocess(card.input, _fitting(str(path), loaded, card.input))
    decoder, head = _decoder(str(path), loaded, card)
    return Inference(loaded, card, decoder, prepare), _model(path, card, head, format_of(path, runtime))


def open_called(
    url: str, card: Card | None, *, timeout_s: float, retries: int, header_file: str = ""
) -> tuple[Inference, Model]:
    """Reach an endpoint and check it against its card, which it needs; raises Unrunnable.

    Nothing proves which model answers: its digest is of the URL, without secrets, and of the metadata.
    """
    from readiness_agent.runtimes.http import open_endpoint

    where = parse(url)
    if card is None:
        raise Unrunnable(
            f"{where.shown}: an endpoint does not say how it is fed and read; write {where.name}.card.toml here, "
            "keep it in a folder 'cards' here, or name it with --card"
        )
    loaded = open_endpoint(where, card, timeout_s=timeout_s, retries=retries, header_file=header_file)
    if where.protocol == ROBOFLOW:
        prepare: Prepare = Encode(card.input, loaded.inputs[0])
    else:
        prepare = Preprocess(card.input, _fitting(where.shown, loaded, card.input))
    decoder, head = _decoder(where.shown, loaded, card)
    model = Model(name=where.name, digest=loaded.digest, format="http", card=card, head_classes=head)
    return Inference(loaded, card, decoder, prepare), model


def _decoder(where: str, loaded: Runtime, card: Card) -> tuple[Decoder, int | None]:
    """Find the card's decoder, and count the classes of the head; raises Unrunnable where it cannot read this model."""
    try:
        decoder = open_decoder(card.output.decoder)
        head = decoder.classes([port.shape for port in loaded.outputs], card)
    except Mismatch as error:
        raise Unrunnable(f"{where}: {error}; correct [output] in its card") from None
    wanted = card.task if card.output.decoder == ROBOFLOW else _TASKS.get(card.output.decoder, "detection")
    if card.task != wanted:
        raise Unrunnable(
            f"{where}: the card says task '{card.task}', its decoder '{card.output.decoder}' does {wanted}"
        )
    return decoder, head


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


def _fitting(where: str, loaded: Runtime, how: CardInput) -> Port:
    """Check that the one input takes a batch of one of the card's size, layout and colour."""
    if len(loaded.inputs) != 1:
        names = ", ".join(port.name for port in loaded.inputs)
        raise Unrunnable(f"{where}: it has {len(loaded.inputs)} inputs ({names}); export it with one image input")
    port = loaded.inputs[0]
    try:
        numeric = np.dtype(port.dtype).kind in "fiu"
    except TypeError:
        numeric = False
    if len(port.shape) != 4 or not numeric:
        raise Unrunnable(
            f"{where}: its input '{port.name}' is {port.dtype} {list(port.shape)}, no batch of images; "
            "export it with one image input"
        )
    width, height = how.size
    channels = _CHANNELS[how.colour]
    wanted = (1, channels, height, width) if how.layout == "nchw" else (1, height, width, channels)
    if any(have not in {None, want} for have, want in zip(port.shape, wanted, strict=True)):
        raise Unrunnable(
            f"{where}: its input is {list(port.shape)}, its card asks for {list(wanted)} "
            f"(input.size {width}x{height}, {how.layout}, {how.colour}); correct [input] in the card"
        )
    return msgspec.structs.replace(port, shape=wanted)


def _dequantised(output: Array, port: Port) -> Array:
    if not port.scale or output.dtype.kind not in "iu":
        return output
    real: Array = (output.astype(np.float32) - port.zero_point) * np.float32(port.scale)
    return real
