"""Streams from real servers: what stalls, breaks, sends garbage or comes back is counted, bounded and told."""

import base64
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from children import free_port
from live_sources import Camera, camera, jpeg, playing, rtsp
from readiness.measures.decode import pixels
from readiness_agent.frames import Flow, Frame, NoFrames, Pace, open_frames
from readiness_agent.frames.live import reading
from readiness_agent.worker.jobs import Survey
from readiness_agent.worker.survey import survey

QUICK = Pace(open_s=2.0, read_s=0.3, tries=2, within_s=10.0)


def taken(src: str, most: int, pace: Pace = QUICK) -> tuple[list[Frame], Flow]:
    """Read a source to its end; gives its frames and the sum of all that it told."""
    every = list(open_frames(src, most, pace))
    flows = [one for one in every if isinstance(one, Flow)]
    total = Flow(
        arrived=sum(flow.arrived for flow in flows),
        dropped=sum(flow.dropped for flow in flows),
        reconnects=sum(flow.reconnects for flow in flows),
        ended="; ".join(flow.ended for flow in flows if flow.ended),
    )
    return [one for one in every if isinstance(one, Frame)], total


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pause before a stream is opened again begin at 0.05 s, where it begins at 0.25 s."""
    monkeypatch.setattr(reading, "_FIRST_PAUSE_S", 0.05)


@pytest.mark.parametrize("length", [True, False])
def test_mjpeg_keeps_the_bytes_that_the_camera_sent(*, length: bool) -> None:
    with camera(playing(length=length)) as server:
        frames, flow = taken(server.url, 5)
    sent = [jpeg(number) for number in range(1, 30)]
    assert all(frame.data in sent for frame in frames)
    assert len({frame.data for frame in frames}) == 5
    assert (flow.reconnects, flow.ended) == (0, "")
    assert all(frame.at.endswith("Z") and frame.waited_ms is not None for frame in frames)


def test_a_stream_is_drained_so_that_no_frame_is_an_old_one() -> None:
    with camera(playing(every_s=0.02)) as server:
        frames, flow = taken(server.url, 3, Pace(every_s=0.25))
        sent = [jpeg(number) for number in range(1, server.number + 2)]
    numbers = [sent.index(frame.data) for frame in frames]
    assert numbers[1] - numbers[0] > 5
    assert numbers[2] - numbers[1] > 5
    assert flow.arrived >= numbers[-1]


def stalled(self: Camera) -> None:
    playing(3)(self)
    self.wait(5)


def torn(self: Camera) -> None:
    playing(3)(self)
    data = self.next_jpeg()
    self.wfile.write(f"--frame\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data[: len(data) // 2])


def torn_without_length(self: Camera) -> None:
    playing(3, length=False)(self)
    self.wfile.write(b"--frame\r\n\r\n" + self.next_jpeg()[:300])


def garbage(self: Camera) -> None:
    playing(3)(self)
    self.part(b"<html>no picture</html>")
    self.wait(5)


def noise(self: Camera) -> None:
    playing(3)(self)
    self.wfile.write(bytes(range(256)) * 200)


def wrong_length(self: Camera) -> None:
    playing(3)(self)
    self.wfile.write(b"--frame\r\nContent-Length: 99999999999\r\n\r\n")
    self.wait(5)


def trickle(self: Camera) -> None:
    """Send so little so slowly that no single wait is too long."""
    playing(3)(self)
    self.wfile.write(b"--frame\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(100):
        self.wfile.write(b"\xff")
        self.wait(0.1)


@pytest.mark.parametrize(
    "broken", [playing(3), stalled, torn, torn_without_length, garbage, noise, wrong_length, trickle]
)
def test_a_stream_that_breaks_is_opened_again_and_that_is_counted(broken: Callable[[Camera], None]) -> None:
    with camera(broken, playing()) as server:
        began = time.monotonic()
        frames, flow = taken(server.url, 6)
        assert time.monotonic() - began < 5
    assert len(frames) == 6
    assert (flow.reconnects, flow.ended) == (1, "")
    assert all(pixels(frame.data).shape == (48, 64, 3) for frame in frames)


def test_a_stream_that_does_not_come_back_ends_after_its_tries_with_what_came() -> None:
    with camera(playing(3), lambda self: self.send_error(503)) as server:
        frames, flow = taken(server.url, 50)
    assert len(frames) in {2, 3}
    assert flow.ended == f"{server.url}: it answers 503 Service Unavailable; check the address, 3 times in a row"
    assert server.connections == 1 + 2


def test_a_stalled_stream_is_held_to_its_time_limit() -> None:
    with camera(stalled) as server:
        began = time.monotonic()
        frames, flow = taken(server.url, 50, Pace(read_s=0.3, within_s=0.8, tries=99))
        assert time.monotonic() - began < 4
    assert frames
    assert flow.ended.startswith("the time limit of 0.8 s came")


def test_frames_that_a_server_left_out_show_by_its_own_clock() -> None:
    def script(self: Camera) -> None:
        self.start()
        for number in [*range(20), *range(25, 2000)]:
            self.part(self.next_jpeg(), extra=f"X-Timestamp: {100 + number / 25}\r\n")
            self.wait(0.004)

    with camera(script) as server:
        _, flow = taken(server.url, 40)
    assert flow.dropped == 5


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (lambda self: self.send_error(404), "it answers 404 Not Found; check the address"),
        (lambda self: self.send_error(401), "it answers 401 Unauthorized; give user and password in the address"),
        (lambda self: self.start("text/html"), "it answers text/html, no pictures"),
        (lambda self: self.wait(3), "no answer within 0.3 s"),
        (lambda self: self.wfile.write(b"SSH-2.0-x\r\n"), "it speaks no HTTP; check the address"),
        (lambda self: self.send_error(500, "\x1b[31mred"), r"it answers 500 \[31mred; check the address"),
        (lambda self: self.start(), "the server closed the stream; check that it runs"),
    ],
)
def test_an_address_that_is_no_stream_is_one_line(script: Callable[[Camera], None], line: str) -> None:
    with camera(script) as server:
        src = server.url.replace("://", "://joe:s3cret@")
        with pytest.raises(NoFrames, match=line) as refused:
            list(open_frames(src, 3, QUICK))
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_there_is_one_line_without_the_password(scheme: str) -> None:
    with pytest.raises(
        NoFrames, match=r"cannot be reached: Connection refused|no stream that FFmpeg can open"
    ) as refused:
        list(open_frames(f"{scheme}://joe:s3cret@127.0.0.1:{free_port()}/live", 3, QUICK))
    assert "s3cret" not in str(refused.value)


def test_a_password_with_signs_of_an_address_is_told_how_to_write() -> None:
    with pytest.raises(NoFrames, match="no readable address; write signs such as / and # in a password as %2F"):
        list(open_frames("http://joe:pa/ss@127.0.0.1/live", 3, QUICK))


def test_user_and_password_open_a_stream() -> None:
    def script(self: Camera) -> None:
        if self.headers.get("Authorization") != "Basic " + base64.b64encode(b"joe:s3/cret").decode():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        playing()(self)

    with camera(script) as server:
        frames, _ = taken(server.url.replace("://", "://joe:s3%2Fcret@"), 2)
    assert len(frames) == 2


def test_a_snapshot_address_is_asked_once_a_frame() -> None:
    def script(self: Camera) -> None:
        self.start("image/jpeg")
        self.wfile.write(self.next_jpeg())

    with camera(script) as server:
        frames, flow = taken(server.url, 4, Pace(every_s=0.1))
        assert server.connections == 4
    assert [frame.data for frame in frames] == [jpeg(number) for number in (1, 2, 3, 4)]
    assert (flow.arrived, flow.dropped, flow.reconnects) == (4, 0, 0)


def test_rtsp_gives_frames_and_counts_those_missing() -> None:
    with rtsp([*range(30), *range(34, 500)]) as server:
        frames, flow = taken(server.url, 8, Pace(every_s=0.12))
    assert len(frames) == 8
    assert pixels(frames[0].data).shape == (48, 64, 3)
    assert (flow.dropped, flow.reconnects, flow.ended) == (4, 0, "")


def test_rtsp_that_ends_is_opened_again() -> None:
    with rtsp(range(12), range(500)) as server:
        frames, flow = taken(server.url, 4, Pace(every_s=0.1))
    assert len(frames) == 4
    assert (flow.reconnects, flow.ended) == (1, "")


def test_rtsp_that_stalls_is_held_to_its_limits() -> None:
    with rtsp(range(30), stalls=True) as server:
        began = time.monotonic()
        frames, flow = taken(server.url, 500, Pace(every_s=0.1, open_s=2.0, read_s=0.5, tries=0))
        assert time.monotonic() - began < 6
    assert frames
    assert flow.ended in {"no frame within 0.5 s", "the stream ended, or sent nothing more"}


def test_a_survey_freezes_what_a_stream_gave(tmp_path: Path) -> None:
    with camera(playing(4), playing()) as server:
        done = survey(Survey(src=server.url, most=6, spill=str(tmp_path), every_s=0.01))
    assert len(done.files) == 6
    assert all(Path(file).parent == tmp_path for file in done.files)
    assert done.source is not None
    assert (done.source.kind, done.source.reconnects, done.source.ended) == ("stream", 1, "")
    assert done.source.capture_ms is not None
    again = survey(Survey(src=str(tmp_path), most=6, spill=str(tmp_path)))
    assert again.digest == done.digest


def test_a_frozen_camera_gives_one_frame_to_a_survey(tmp_path: Path) -> None:
    def script(self: Camera) -> None:
        self.start()
        for _ in range(1000):
            self.part(jpeg(1))
            self.wait(0.01)

    with camera(script) as server:
        done = survey(Survey(src=server.url, most=6, spill=str(tmp_path), every_s=0.01))
    assert (len(done.files), done.repeated.total) == (1, 5)
