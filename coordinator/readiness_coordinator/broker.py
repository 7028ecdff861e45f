"""The embedded MQTT broker as a child process: Mosquitto where it is installed, else amqtt; loopback only."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TextIO

from readiness.exits import UNAVAILABLE, Stop
from readiness.wire import MAX_PAYLOAD

Kind = Literal["mosquitto", "amqtt"]

START_S = 20.0
_STOP_S = 5.0
_RESTARTS, _RESTARTS_WITHIN_S = 5, 60.0

# Root may not be dropped: Mosquitto would become a user who cannot read this folder. Sessions of devices that never
# come back end after two weeks, because queues are not bounded by count.
_MOSQUITTO = """\
listener {port} {host}
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 60
persistent_client_expiration 14d
max_queued_messages 0
max_inflight_messages 1000
max_packet_size {max_packet}
set_tcp_nodelay true
connection_messages false
log_dest stderr
log_type error
log_type warning
{user}"""


def find_mosquitto() -> str | None:
    """Give the path of Mosquitto; Debian puts it where users' PATH does not look."""
    return shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


class Broker:
    """One broker on `host`:`port`, its files under `folder`; restarted when it dies, gone when this process is.

    `kind` None chooses Mosquitto where it is found. Port 0 chooses a free one. `notice` gets a line for a person.
    """

    def __init__(
        self,
        folder: Path,
        notice: Callable[[str], None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        kind: Kind | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.kind: Kind = kind or ("mosquitto" if find_mosquitto() else "amqtt")
        self.failed = False
        self._folder = folder.absolute()
        self._notice = notice
        self._started, self._stopping = threading.Event(), threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: TextIO | None = None
        # The kernel ends the child with the thread that started it, so this one lives as long as the broker.
        self._supervisor = threading.Thread(target=self._supervise, name="broker", daemon=True)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start it and wait until it answers; raises Stop (4) when the port or folder is taken, or it does not run."""
        if self.kind == "amqtt":
            self._notice(
                "the broker is amqtt, slower and MQTT 3.1.1 only; install mosquitto for more than a few devices"
            )
        self.port = _usable_port(self.host, self.port)
        self._lock = _locked(self._folder)
        self._supervisor.start()
        deadline = time.monotonic() + START_S
        while not _answers(self.host, self.port):
            if time.monotonic() > deadline or not self._supervisor.is_alive():
                self.stop()
                raise Stop(f"the broker ({self.kind}) does not start: {self._last_words()}", UNAVAILABLE)
            time.sleep(0.02)
        self._started.set()

    def stop(self) -> None:
        """End it in order: Mosquitto then writes its sessions and retained messages to disk."""
        self._stopping.set()
        deadline = time.monotonic() + _STOP_S
        while self._supervisor.is_alive():
            if self._child is not None:
                self._child.terminate() if time.monotonic() < deadline else self._child.kill()
            self._supervisor.join(0.05)
        if self._lock is not None:
            self._lock.close()

    def _supervise(self) -> None:
        deaths: deque[float] = deque(maxlen=_RESTARTS)
        command = self._command()
        while not self._stopping.is_set():
            with self._log.open("ab") as log:
                self._child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            code = self._child.wait()
            if self._stopping.is_set() or not self._started.is_set():
                return
            deaths.append(time.monotonic())
            if len(deaths) == _RESTARTS and deaths[-1] - deaths[0] < _RESTARTS_WITHIN_S:
                self.failed = True
                self._notice(f"the broker ended {_RESTARTS} times in a minute and stays down: {self._last_words()}")
                return
            self._notice(f"the broker ended (exit code {code}) and is started again")
            self._stopping.wait(0.2 * len(deaths))

    def _command(self) -> list[str]:
        python = [sys.executable, "-P", "-m"]
        broker = [*python, "readiness_coordinator.broker_amqtt", self.host, str(self.port)]
        if self.kind == "mosquitto":
            broker = [find_mosquitto() or "mosquitto", "-c", str(self._mosquitto_conf())]
        self._log.write_bytes(b"")
        return [*python, "readiness_coordinator.leash", str(os.getpid()), *broker]

    def _mosquitto_conf(self) -> Path:
        path = self._folder / "mosquitto.conf"
        values = {
            "host": self.host,
            "port": self.port,
            "folder": self._folder,
            "max_packet": MAX_PAYLOAD + 4096,
            "user": "user root\n" if os.geteuid() == 0 else "",
        }
        path.write_text(_MOSQUITTO.format(**values), "utf-8")
        return path

    @property
    def _log(self) -> Path:
        return self._folder / "broker.log"

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").strip().splitlines() if self._log.exists() else []
        return lines[-1] if lines else f"it said nothing; see {self._log}"


def _locked(folder: Path) -> TextIO:
    """Hold the folder for this process: two brokers would overwrite each other's sessions."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise Stop(f"{folder}: cannot be used for the broker's files: {error.strerror}", UNAVAILABLE) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Stop(
            f"{folder}: a coordinator already runs on this folder; stop it, or name another", UNAVAILABLE
        ) from None
    return lock


def _usable_port(host: str, port: int) -> int:
    """Give `port` when nobody listens on it, or a free one for 0."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise Stop(
                f"the broker cannot listen on {host}:{port}: {error.strerror}; stop what does, or choose another port",
                UNAVAILABLE,
            ) from None
        return int(probe.getsockname()[1])


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1.0).close()
    except OSError:
        return False
    return True
