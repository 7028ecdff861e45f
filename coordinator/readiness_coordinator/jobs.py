"""Work that outlives a request: one job per key at a time, its progress, and its result or its reason for failing."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Literal
from uuid import uuid4

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Work = Callable[["Job"], Any]

_KEPT = 200
_STARTED_SHARE = 0.05
_LINGER_S = 2.0
_log = logging.getLogger(__name__)


class Stopping(Exception):
    """The coordinator is going down; raised inside a job where it asks whether to go on."""


class Cancelled(Exception):
    """Somebody cancelled the job; raised inside it where it asks whether to go on."""


class Job:
    """One piece of work; `outcome` holds its result or what it raised.

    The work tells how far it is through `progress` and `offer`, and asks `stopped` often whether to go on. `reused` of
    the items done were known before; `partial` is the result so far. `changes` counts what was told.
    """

    def __init__(self, key: str, stopping: threading.Event) -> None:
        self.id = uuid4().hex[:16]
        self.key = key
        self.done = self.total = self.reused = self.changes = 0
        self.partial: Any = None
        self.started_s: float | None = None
        self.cancelled = False
        self.outcome: Future[Any] = Future()
        self._stopping = stopping
        # From here on nobody who only waits can cancel it.
        self.outcome.set_running_or_notify_cancel()

    @property
    def state(self) -> State:
        if not self.outcome.done():
            return "waiting" if self.started_s is None else "running"
        error = self.outcome.exception()
        if isinstance(error, Cancelled):
            return "cancelled"
        return "failed" if error else "done"

    def progress(self, done: int, total: int, reused: int = 0) -> None:
        self.done, self.total, self.reused = done, total, reused
        self.changes += 1
        self.stopped()

    def offer(self, partial: Any) -> None:
        self.partial = partial
        self.changes += 1

    def stopped(self) -> bool:
        """Give False, or raise Stopping or Cancelled."""
        if self._stopping.is_set():
            raise Stopping("the coordinator is going down")
        if self.cancelled:
            raise Cancelled("the job was cancelled")
        return False

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
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def submit(self, key: str, work: Work) -> Job:
        """Queue `work`; while a job of the same key is under way, give that one instead of a second."""
        with self._lock:
            for job in self._jobs.values():
                if job.key == key and not job.outcome.done() and not job.cancelled:
                    return job
            job = Job(key, self._stopping)
            self._jobs[job.id] = job
            self._forget()
        self._waiting.put((job, work))
        return job

    def get(self, job_id: str) -> Job | None:
        with self._lock:
            return self._jobs.get(job_id)

    def cancel(self, job: Job) -> None:
        """End a job: at once while it waits, where it next asks while it runs; one that has ended stays as it is."""
        with self._lock:
            job.cancelled = True
            if job.started_s is None and not job.outcome.done():
                job.outcome.set_exception(Cancelled("the job was cancelled"))

    def stop(self) -> None:
        """Start no further job, and end the running one where it next asks; waits a little for that."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join(_LINGER_S)

    def _forget(self) -> None:
        over = [job.id for job in self._jobs.values() if job.outcome.done()][: max(0, len(self._jobs) - _KEPT)]
        for job_id in over:
            del self._jobs[job_id]

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None and not self._stopping.is_set():
            job, work = item
            with self._lock:
                if job.outcome.done():
                    continue
                job.started_s = time.monotonic()
            self._run(job, work)

    def _run(self, job: Job, work: Work) -> None:
        try:
            job.outcome.set_result(work(job))
        except Exception as error:  # noqa: BLE001 - whatever ended the work is handed to whoever asks for the job
            _log.info("job %s (%s) ended early", job.id, job.key, exc_info=error)
            job.outcome.set_exception(error)
        job.partial = None
        job.changes += 1
