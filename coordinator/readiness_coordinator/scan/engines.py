"""Where a scan's work is done: in this process, in processes of this machine, or on the workers of a Dask cluster.

Every engine has the shape of concurrent.futures. Dask was chosen over Ray for work on several machines because its
client is such an executor already, and it is pure Python: 10 MB against 201 MB, and the same on aarch64.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import Any

LOCAL, DASK = "local", "dask"
_CONNECT_S = 10
# What is under way takes a fraction of this, unless one file holds its worker.
_GRACE_S = 2.0


class Unavailable(Exception):
    """An engine cannot be had; the message is one line that says what to do."""


class Engine:
    """Does work in this process, at once, when it is handed in; the other engines are of the same form.

    `workers` pieces are under way at a time; the future of one whose process died raises `died`. `watched` tells
    that a piece of work may end its process by an alarm. Closing ends whatever is under way.
    """

    died: type[Exception] = BrokenProcessPool
    watched = False

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers

    def submit(self, work: Callable[..., Any], *words: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(work(*words))
        return future

    def close(self) -> None:
        """End it, and what is under way in it."""


class Processes(Engine):
    """Worker processes of this machine; they end with their parent, however that ends, and soon when closed."""

    watched = True

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self._begin()

    def submit(self, work: Callable[..., Any], *words: Any) -> "Future[Any]":
        # An interrupt is the parent's to answer, from a worker's first moment on: it inherits what is blocked here.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            try:
                return self._pool.submit(work, *words)
            except BrokenProcessPool:
                self.close()
                self._begin()
                return self._pool.submit(work, *words)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def close(self) -> None:
        # Who is ended amid an answer leaves half of it, for the rest of which the pool would wait for ever.
        ending = threading.Thread(target=self._pool.shutdown, kwargs={"cancel_futures": True}, daemon=True)
        ending.start()
        ending.join(_GRACE_S)
        self._leash.close()
        self._end.close()

    def _begin(self) -> None:
        # A forked child would inherit the locks of the coordinator's threads.
        context = multiprocessing.get_context("spawn")
        self._end, self._leash = context.Pipe(duplex=False)
        try:
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=context, initializer=_leashed, initargs=(self._end,)
            )
        except OSError as error:
            raise Unavailable(f"worker processes cannot be started: {error}; is /dev/shm there, with room?") from None


class Dask(Engine):
    """Workers of a Dask cluster: the one whose scheduler is at `address`, or one of this machine that ends with us.

    They need this very version of the program and its libraries, and see the files under the same paths.
    """

    def __init__(self, address: str | None, workers: int) -> None:
        super().__init__(workers)
        try:
            import distributed
        except ImportError:
            raise Unavailable("--engine dask needs Dask: pip install 'model-readiness-advisor[dask]'") from None
        self.died = distributed.KilledWorker
        self._cluster = None if address else _cluster(workers)
        # What the scheduler and its connections tell of their end is nothing that a person could act on.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = distributed.Client(address or self._cluster, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Unavailable(f"no Dask scheduler answers at {address}: {error or type(error).__name__}") from None
        if address:
            self.workers = max(1, sum(self._client.nthreads().values()))
        self._pool = self._client.get_executor(pure=False)

    def submit(self, work: Callable[..., Any], *words: Any) -> "Future[Any]":
        future: Future[Any] = self._pool.submit(work, *words)
        return future

    def close(self) -> None:
        self._pool.shutdown(wait=False)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def opened(name: str, workers: int | None) -> Engine:
    """Give the engine of a name: `local`, `dask`, or `dask:` and the address of a scheduler. Raises Unavailable.

    `workers` None is one per core.
    """
    count = workers or os.cpu_count() or 1
    kind, _, address = name.partition(":")
    if kind == DASK:
        return Dask(address or None, count)
    if name != LOCAL:
        raise Unavailable(f"there is no engine '{name}': it is local, dask, or dask:tcp://HOST:PORT")
    return Processes(count)


def _cluster(workers: int) -> Any:
    import dask
    import distributed

    # Who dies of a file is not to be sent the same file again.
    dask.config.set({"distributed.scheduler.allowed-failures": 0})
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


def _leashed(end: Connection) -> None:
    """End this worker, whatever it does, as soon as the other end of its leash is gone."""
    # Each core has a worker: threads within one would only wait for each other. Read when numpy is first imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    _hushed()

    def watch() -> None:
        end.poll(None)
        os._exit(0)

    threading.Thread(target=watch, name="leash", daemon=True).start()


def _hushed() -> None:
    """Keep stderr for Python: image libraries write there too, of no file by name, and the findings say it better."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
