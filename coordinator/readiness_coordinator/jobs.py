"""Work that outlives a request: one job per key at a time, its progress, and its result or its reason for failing."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Literal
from uuid import uuid4

State = Literal["waiting", "running", "done", "failed"]
Progress = Callable[[int, int], None]
Work = Callable[[Progress], Any]

_KEPT = 200
_STARTED_SHARE = 0.05
_log = logging.getLogger(__name__)


class Stopping(Exception):
    """The coordinator is going down; raised inside a job through its progress call."""


class Job:
    """One piece of work; `outcome` holds its result or what it raised."""

    def __init__(self, key: str) -> None:
        self.id = uuid4().hex[:16]
        self.key = key
        self.done = 0
        self.total = 0
        self.started_s: float | None = None
        self.outcome: Future[Any] = Future()
        # From here on nobody who only waits can cancel it.
        self.outcome.set_running_or_notify_cancel()

    @property
    def state(self) -> State:
        if self.outcome.done():
            return "failed" if self.outcome.exception() else "done"
        return "waiting" if self.started_s is None else "running"

    def rate(self, now_s: float) -> float | None:
        """Items per second so far; None unless it runs and has come past the first."""
        if self.started_s is None or self.outcome.done() or not self.done or now_s <= self.started_s:
            return None
        return self.done / (now_s - self.started_s)

    def eta_s(self, now_s: float) -> float | None:
        """Seconds left at this rate; None until a twentieth is done, when a guess would mislead."""
        rate = self.rate(now_s)
        if rate is None or self.done < self.total * _STARTED_SHARE:
            return None
        return (self.total - self.done) / rate


class Jobs:
    """Runs jobs one after another in a daemon thread, so that a long scan never keeps the program from stopping."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[Job, Work] | None] = queue.SimpleQueue()
        self._stopping = False
        threading.Thread(target=self._work, name="jobs", daemon=True).start()

    def submit(self, key: str, work: Work) -> Job:
        """Queue `work`; while a job of the same key is under way, give that one instead of a second."""
        with self._lock:
            for job in self._jobs.values():
                if job.key == key and not job.outcome.done():
                    return job
            job = Job(key)
            self._jobs[job.id] = job
            self._forget()
        self._waiting.put((job, work))
        return job

    def get(self, job_id: str) -> Job | None:
        with self._lock:
            return self._jobs.get(job_id)

    def stop(self) -> None:
        """Start no further job, and end the running one at its next progress call."""
        self._stopping = True
        self._waiting.put(None)

    def _forget(self) -> None:
        over = [job.id for job in self._jobs.values() if job.outcome.done()][: max(0, len(self._jobs) - _KEPT)]
        for job_id in over:
            del self._jobs[job_id]

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None and not self._stopping:
            self._run(*item)

    def _run(self, job: Job, work: Work) -> None:
        def progress(done: int, total: int) -> None:
            if self._stopping:
                raise Stopping("the coordinator is going down")
            job.done, job.total = done, total

        job.started_s = time.monotonic()
        try:
            job.outcome.set_result(work(progress))
        except Exception as error:  # noqa: BLE001 - whatever ended the work is handed to whoever asks for the job
            _log.info("job %s (%s) failed", job.id, job.key, exc_info=error)
            job.outcome.set_exception(error)
