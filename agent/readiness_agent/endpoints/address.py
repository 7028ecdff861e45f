"""The address of an endpoint: what names the model there, and nothing that would let another use it."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from readiness_agent.runtimes import Unrunnable, is_url

OPEN_INFERENCE, ROBOFLOW = "open-inference-v2", "roboflow"

_MODEL = re.compile(r"^(?P<root>.*)/v2/models/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?(?:/infer)?/?$")
_INFER = re.compile(r"/infer/(object_detection|instance_segmentation|classification)/?$")
_SECRET = re.compile(r"key|token|secret|passw|credential|auth|sig|^code$", re.IGNORECASE)
_FIT_FOR_A_NAME = re.compile(r"[^A-Za-z0-9_.]+")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint by its URL, taken apart; `root` is the server's, `shown` holds no query and is fit to print.

    `name` is the model's with its version, as NAME.card.toml has it.
    """

    protocol: str
    root: str
    path: str
    query: tuple[tuple[str, str], ...]
    host: str
    name: str

    @property
    def shown(self) -> str:
        return self.root + self.path

    def url(self, query: dict[str, str]) -> str:
        """Give the URL to call; what the user's own query says stands over `query`."""
        said = query | dict(self.query)
        return f"{self.shown}?{urlencode(said)}" if said else self.shown


def parse(url: str) -> Address:
    """Take a URL apart; raises Unrunnable, also where it holds a key, which then is not repeated.

    A path /v2/models/NAME, with /versions/V or without, is the Open Inference Protocol's; any other is called as
    Roboflow's inference server is.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise Unrunnable("the endpoint's URL cannot be read; give http(s)://HOST[:PORT]/PATH") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise Unrunnable("the endpoint's URL names no host; give http(s)://HOST[:PORT]/PATH")
    place = f"[{host}]" if ":" in host else host
    root = f"{parts.scheme}://{place}{f':{port}' if port else ''}"
    if parts.username or parts.password or any(_SECRET.search(key) for key, _ in query):
        raise Unrunnable(
            f"{root}: the URL holds a key, which other users of this machine can read; "
            "give it in $READINESS_API_KEY, or as a header in a file: --header-file"
        )
    if (model := _MODEL.match(parts.path)) is not None:
        return _of_open_inference(model, root, host, query)
    path = parts.path.rstrip("/")
    said = dict(query).get("model_id", "") if _INFER.search(path) else path
    if not said.strip("/"):
        wanted = "add ?model_id=PROJECT/VERSION" if path else "give /PROJECT/VERSION or /v2/models/NAME"
        raise Unrunnable(f"{root}{path}: the URL names no model; {wanted}")
    return Address(protocol=ROBOFLOW, root=root, path=path, query=query, host=host, name=_named(said))


def shown(model: str) -> str:
    """Give what a model was named by, fit to print and to keep: a URL that cannot be used loses all but its place."""
    if not is_url(model):
        return model
    try:
        parse(model)
    except Unrunnable:
        scheme, rest = re.split(":/+", model, maxsplit=1)
        return f"{scheme}://{re.split('[?#]', rest, maxsplit=1)[0].rsplit('@', 1)[-1]}"
    return model


def _of_open_inference(model: re.Match[str], root: str, host: str, query: tuple[tuple[str, str], ...]) -> Address:
    root, name, version = f"{root}{model['root']}", model["name"], model["version"]
    path = f"/v2/models/{name}" + (f"/versions/{version}" if version else "")
    called = _named(f"{name}-{version}" if version else name)
    return Address(protocol=OPEN_INFERENCE, root=root, path=path, query=query, host=host, name=called)


def _named(path: str) -> str:
    return _FIT_FOR_A_NAME.sub("-", path).strip("-.") or "endpoint"
