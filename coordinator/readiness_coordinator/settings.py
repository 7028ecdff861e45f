"""What the coordinator's operator decides: a TOML file, overridden by flags; read once and passed down."""

from pathlib import Path
from typing import Any

import msgspec

from readiness import strict
from readiness.exits import Stop
from readiness.wire import is_name

_MAX_PORT = 65535


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """The MQTT broker: our own child process while `embedded`, else one that already runs at host and port.

    Port 0 lets an embedded broker choose a free one. A broker that asks for a password gets `username`, and the
    first line of `password_file`; TLS is used when `tls_ca` names the file of its certificate authority.
    """

    embedded: bool = True
    host: str = "127.0.0.1"
    port: int = 18831
    username: str = "coordinator"
    password_file: str = ""
    tls_ca: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that `readiness serve` is told; `allowed_roots` are the folders a scan asked for over REST may read.

    A scan runs in `scan_workers` processes, 0 being one per core. One upload may have `upload_mib`, all `uploads_mib`.
    """

    data: str = "readiness-data"
    host: str = "127.0.0.1"
    port: int = 8741
    workspace: str = "default"
    allowed_roots: tuple[str, ...] = ()
    scan_workers: int = 0
    upload_mib: int = 4096
    uploads_mib: int = 32768
    broker: Broker = Broker()

    @property
    def folder(self) -> Path:
        return Path(self.data).expanduser().absolute()

    @property
    def database(self) -> Path:
        return self.folder / "readiness.db"

    @property
    def roots(self) -> tuple[Path, ...]:
        return tuple(Path(root).expanduser().resolve() for root in self.allowed_roots)


def read(path: Path | None = None, **overrides: Any) -> Settings:
    """Give the settings of a file, or the defaults, with every override that is not None on top.

    `broker_port` overrides the port of the broker. Raises Stop naming the file and key, or the value, at fault.
    """
    settings = Settings() if path is None else _from_file(path)
    given = {key: value for key, value in overrides.items() if value is not None}
    if (broker_port := given.pop("broker_port", None)) is not None:
        given["broker"] = msgspec.structs.replace(settings.broker, port=broker_port)
    return _usable(msgspec.structs.replace(settings, **given))


def password(broker: Broker) -> str | None:
    """Read the broker password; raises Stop when its file cannot be read."""
    if not broker.password_file:
        return None
    return _text(Path(broker.password_file).expanduser()).split("\n", 1)[0]


def _from_file(path: Path) -> Settings:
    try:
        return strict.parse(_text(path), Settings, str(path))
    except strict.BadFile as error:
        raise Stop(str(error)) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise Stop(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Stop(f"{path}: cannot be read: it is no UTF-8 text") from None


def _usable(settings: Settings) -> Settings:
    if not is_name(settings.workspace):
        raise Stop(f"workspace '{settings.workspace}' cannot be used: give 1 to 64 letters, digits, _ or -")
    least_port = 0 if settings.broker.embedded else 1
    for name, port, least in (("port", settings.port, 0), ("broker.port", settings.broker.port, least_port)):
        if not least <= port <= _MAX_PORT:
            raise Stop(f"{name} is {port}; it must lie between {least} and {_MAX_PORT}")
    for name, number, least in (
        ("scan_workers", settings.scan_workers, 0),
        ("upload_mib", settings.upload_mib, 1),
        ("uploads_mib", settings.uploads_mib, 1),
    ):
        if number < least:
            raise Stop(f"{name} is {number}; it must be at least {least}")
    if settings.broker.embedded and settings.broker.host not in {"127.0.0.1", "::1", "localhost"}:
        raise Stop(
            f"broker.host is '{settings.broker.host}': the embedded broker asks nobody for a password and listens on "
            "127.0.0.1 only; for other machines run a broker of your own and set broker.embedded = false"
        )
    return settings
