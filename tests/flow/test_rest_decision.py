"""A whole decision over real sockets: `readiness serve`, files by REST, a benchmark by MQTT, `readiness deploy`."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import msgspec
import numpy as np
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

import specimens
from children import Child, free_port, wait_until
from readiness import messages, wire
from readiness_coordinator import reports

IMAGES = 8
PROGRAM = [sys.executable, "-m", "readiness_coordinator"]
pytestmark = pytest.mark.broker


class Server(Child):
    """The coordinator as a process; `http` asks it, `broker_port` is that of its embedded broker."""

    def __init__(self, folder: Path) -> None:
        options = ["--port", "0", "--broker-port", "0", "--data", str(folder / "data"), "--allow-root", str(folder)]
        super().__init__([*PROGRAM, "serve", *options], folder / f"serve-{free_port()}.txt")
        wait_until(lambda: "MQTT broker at" in self.said(), "readiness serve prints its addresses", 60)
        found = re.search(r"at (http://127\.0\.0\.1:\d+)/, MQTT broker at 127\.0\.0\.1:(\d+)", self.said())
        assert found, self.said()
        self.url, self.broker_port = found[1], int(found[2])
        self.http = httpx.Client(base_url=self.url, timeout=60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.http.close()
    one.stop()


def dataset(folder: Path) -> tuple[Path, Path]:
    """Write a YOLO version with a bolt in every image, and right predictions for its test split."""
    results = folder / "predictions"
    results.mkdir()
    for split in ("train", "test"):
        for part in ("images", "labels"):
            (folder / "parts" / split / part).mkdir(parents=True)
        for number in range(IMAGES):
            pixels = np.random.default_rng([number, split == "test"]).integers(0, 255, (48, 64, 3), dtype=np.uint8)
            cv2.imwrite(str(folder / "parts" / split / "images" / f"{split}{number}.png"), pixels)
            (folder / "parts" / split / "labels" / f"{split}{number}.txt").write_text("0 0.5 0.5 0.4 0.4\n")
            if split == "test":
                (results / f"{split}{number}.txt").write_text("0 0.5 0.5 0.4 0.4 0.9\n")
    (folder / "parts" / "data.yaml").write_text("train: train/images\ntest: test/images\nnc: 2\nnames: [bolt, nut]\n")
    return folder / "parts", results


def register(server: Server, folder: Path) -> None:
    parts, results = dataset(folder)
    version = {"dataset_id": "parts", "version_id": "v1"}
    scan = {"project_id": "line", **version, "task_type": "detection", "source": str(parts)}
    model = {"model_id": "parts-v1", "project_id": "line", "version": version}
    model["model"] = msgspec.to_builtins(specimens.model())
    evaluation = {"model_id": "parts-v1", **version, "split": "test", "predictions": str(results)}
    for path, body in (("/vision-readiness/scan?wait=60", scan), ("/models", model), ("/evaluations", evaluation)):
        reply = server.http.post(path, json=body)
        assert reply.is_success, reply.text


def send_benchmark(port: int) -> None:
    """Send a device's benchmark as the agent does."""
    result = messages.BenchResult(
        run="1", model=specimens.model(), benchmark=specimens.benchmark(observed_at=reports.now())
    )
    topic = wire.Topic(workspace="default", device="gateway-1", channel="bench", kind="1", id="result")
    payload = wire.encode(result, schema="bench.result/1", device="gateway-1", ts=reports.now(), epoch="e", seq=1)
    client = Client(CallbackAPIVersion.VERSION2, "gateway-1")
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.publish(str(topic), payload, qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def deploy(server: Server, *options: str) -> tuple[int, dict[str, Any]]:
    """Ask as CI does: gives the exit code and the decision."""
    command = [*PROGRAM, "deploy", "parts-v1", "--target", "x86-gateway", "--server", server.url, "--json", "-"]
    done = subprocess.run([*command, *options], capture_output=True, check=False, timeout=60)
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def test_from_files_and_a_device_to_a_decision(server: Server, tmp_path: Path):
    register(server, tmp_path)
    code, first = deploy(server)
    assert (code, first["state"]) == (1, "blocked")
    assert {"kind": "benchmark"} in [{"kind": action["kind"]} for action in first["actions"]]

    send_benchmark(server.broker_port)
    path = f"/decisions/{first['decision_id']}"
    wait_until(lambda: not server.http.get(path).json()["current"], "the benchmark supersedes the first decision")
    assert server.http.get(path).json()["superseded_because"].startswith("changed since: benchmark")

    _, second = deploy(server)
    assert [stood["kind"] for stood in second["evidence"]] == ["dataset", "evaluation", "benchmark"]
    assert "latency-over-budget" not in [finding["code"] for finding in second["findings"]]
    assert server.http.get(f"/decisions/{second['decision_id']}/replay").json()["same"]
    page = server.http.get("/", headers={"Accept": "text/html"}).text
    assert "gateway-1" in page
    assert second["decision_id"] in page


def test_a_restart_forgets_nothing_and_a_stop_leaves_nothing_running(server: Server, tmp_path: Path):
    register(server, tmp_path)
    _, first = deploy(server)
    began = time.monotonic()
    assert server.stop(10) == 0
    assert time.monotonic() - began < 5
    again = Server(tmp_path)
    try:
        assert again.http.get(f"/decisions/{first['decision_id']}").json() == first
    finally:
        again.http.close()
        again.stop()
    assert "Traceback" not in server.said()


def test_a_signal_during_the_start_ends_it_cleanly(tmp_path: Path):
    for patience_s in (0.8, 1.6, 2.4):
        command = [*PROGRAM, "serve", "--port", "0", "--broker-port", "0", "--data", str(tmp_path / "data")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(patience_s)
            process.terminate()
            _, said = process.communicate(timeout=10)
        assert b"Traceback" not in said


def test_a_taken_port_and_an_open_address_end_in_one_line(server: Server, tmp_path: Path):
    port = server.url.rsplit(":", 1)[1]
    for options, code, said in (
        (["--port", port], 4, "choose another --port"),
        (["--host", "0.0.0.0"], 2, "only 127.0.0.1 is served"),
        (["--allow-root", str(tmp_path / "none")], 2, "no such folder"),
        (["--broker", "nowhere"], 2, "HOST:PORT"),
    ):
        command = [*PROGRAM, "serve", "--data", str(tmp_path / "other"), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == code
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 4, "readiness serve"),
        (["--threshold", "nan"], 2, "--threshold is nan"),
        (["--latency-budget-ms", "inf"], 2, "--latency-budget-ms is inf"),
        (["--server", "ftp://127.0.0.1"], 2, "--server is 'ftp://127.0.0.1'"),
    ],
)
def test_deploy_without_a_coordinator_or_a_question_is_one_line(options: list[str], code: int, said: str):
    nobody = ["--server", f"http://127.0.0.1:{free_port()}"]
    command = [*PROGRAM, "deploy", "m", "--target", "x86-gateway", *nobody, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_coordinators_words_reach_the_command_line(server: Server):
    for options, said in ((["--target", "x86-gateway"], "model_id: there is no model"), (["--target", "x"], "target:")):
        command = [*PROGRAM, "deploy", "nobody", *options, "--server", server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 2
        assert said in done.stderr
