"""What the device's operator decides: a TOML file, overridden by flags; read once and passed down."""

import argparse
import os
import platform
from pathlib import Path

import msgspec

from readiness import strict, wire
from readiness.exits import Stop

_MIB = 1 << 20
_MAX_PORT = 65535


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where the coordinator's broker listens; `password_file` holds the password on its first line.

    TLS is used when `tls_ca` names the file of the certificate authority that signed the broker's certificate.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str = ""
    password_file: str = ""
    tls_ca: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that the daemon and `bench --publish` are told; `state` is the folder of the spool."""

    device: str = ""
    workspace: str = "default"
    state: str = ""
    interval_s: float = 30.0
    spool_mib: float = 64.0
    keepalive_s: int = 30
    will_delay_s: int = 15
    ack_timeout_s: float = 30.0
    broker: Broker = Broker()

    @property
    def folder(self) -> Path:
        return Path(self.state).expanduser()

    @property
    def spool_bytes(self) -> int:
        return int(self.spool_mib * _MIB)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that every command which talks to the coordinator takes."""
    parser.add_argument("--config", metavar="FILE", help="settings as TOML; the flags below override it")
    parser.add_argument("--broker", metavar="HOST:PORT", help="the coordinator's MQTT broker (default 127.0.0.1:1883)")
    parser.add_argument("--device", metavar="NAME", help="this device's name (default: the host name)")
    parser.add_argument("--workspace", metavar="NAME", help="the workspace the device belongs to (default: default)")
    parser.add_argument("--state", metavar="DIR", help="folder of the spool (default ~/.local/state/readiness-agent)")
    parser.add_argument("--interval", metavar="SECONDS", type=float, help="seconds between health samples (default 30)")


def read(args: argparse.Namespace) -> Settings:
    """Give the settings of a command line made by `add_arguments`; raises Stop naming what cannot be used."""
    settings = _from_file(Path(args.config)) if args.config else Settings()
    broker = _broker(args.broker, settings.broker) if args.broker else settings.broker
    settings = msgspec.structs.replace(
        settings,
        broker=broker,
        device=args.device or settings.device or platform.node().split(".")[0],
        workspace=args.workspace or settings.workspace,
        state=args.state or settings.state or default_state(),
        interval_s=settings.interval_s if args.interval is None else args.interval,
    )
    return _usable(settings)


def default_state() -> str:
    """Give the folder of the spool where nobody named one (XDG base directory specification)."""
    return str(Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state") / "readiness-agent")


def password(broker: Broker) -> str | None:
    """Read the broker password; raises Stop when its file cannot be read."""
    if not broker.password_file:
        return None
    path = Path(broker.password_file).expanduser()
    try:
        return path.read_text("utf-8").split("\n", 1)[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{path}: the broker password cannot be read: {_reason(error)}") from None


def _from_file(path: Path) -> Settings:
    try:
        return strict.parse(path.read_text("utf-8"), Settings, str(path))
    except strict.BadFile as error:
        raise Stop(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{path}: the settings cannot be read: {_reason(error)}") from None


def _broker(text: str, known: Broker) -> Broker:
    """Read HOST, HOST:PORT or [IPV6]:PORT."""
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host, port = text, str(known.port)
    if not host or not port.isdecimal():
        raise Stop(f"--broker '{text}': give HOST or HOST:PORT")
    return msgspec.structs.replace(known, host=host.strip("[]"), port=int(port))


def _usable(settings: Settings) -> Settings:
    for name, value in (("device", settings.device), ("workspace", settings.workspace)):
        if not wire.is_name(value):
            raise Stop(f"{name} name '{value}' cannot be used: give --{name} with 1 to 64 letters, digits, _ or -")
    limits: dict[str, tuple[float, float, float]] = {
        "interval_s": (settings.interval_s, 0.1, 86400.0),
        "spool_mib": (settings.spool_mib, 1.0, 65536.0),
        "keepalive_s": (settings.keepalive_s, 1, 3600),
        "will_delay_s": (settings.will_delay_s, 0, 3600),
        "ack_timeout_s": (settings.ack_timeout_s, 0.1, 3600.0),
        "broker.port": (settings.broker.port, 1, _MAX_PORT),
    }
    for name, (number, least, most) in limits.items():
        if not least <= number <= most:
            raise Stop(f"{name} is {number:g}; it must lie between {least:g} and {most:g}")
    if settings.broker.tls_ca and not Path(settings.broker.tls_ca).expanduser().is_file():
        raise Stop(f"{settings.broker.tls_ca}: no such file; broker.tls_ca names the authority's certificate as PEM")
    return settings


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is no UTF-8 text"
