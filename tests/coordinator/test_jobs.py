"""Jobs: one per key at a time, progress and time left, failures kept, and an end at the next progress call."""

import threading
from collections.abc import Iterator

import pytest

from readiness_coordinator.jobs import Cancelled, Job, Jobs, Stopping

PATIENCE_S = 10


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.stop()


def test_a_job_ends_with_its_result(jobs: Jobs):
    job = jobs.submit("a", lambda _: 7)
    assert job.outcome.result(PATIENCE_S) == 7
    assert job.state == "done"
    assert jobs.get(job.id) is job
    assert jobs.get("another") is None


def test_a_failure_is_kept_and_the_next_job_still_runs(jobs: Jobs):
    def broken(_: Job) -> None:
        raise ValueError("no")

    failed = jobs.submit("a", broken)
    assert isinstance(failed.outcome.exception(PATIENCE_S), ValueError)
    assert failed.state == "failed"
    assert jobs.submit("a", lambda _: 1).outcome.result(PATIENCE_S) == 1


def test_a_second_request_joins_the_job_under_way(jobs: Jobs):
    go = threading.Event()
    first = jobs.submit("a", lambda _: go.wait(PATIENCE_S))
    assert jobs.submit("a", lambda _: "another") is first
    assert jobs.submit("b", lambda _: "other").state == "waiting"
    go.set()
    assert first.outcome.result(PATIENCE_S) is True
    assert jobs.submit("a", lambda _: "anew").outcome.result(PATIENCE_S) == "anew"


def test_progress_and_the_time_left(jobs: Jobs):
    reached, go = threading.Event(), threading.Event()

    def work(job: Job) -> None:
        job.progress(1, 100)
        reached.set()
        go.wait(PATIENCE_S)

    job = jobs.submit("a", work)
    assert reached.wait(PATIENCE_S)
    assert job.started_s is not None
    assert (job.state, job.done, job.total) == ("running", 1, 100)
    assert job.eta_s(job.started_s + 1) is None, "a hundredth done is no ground for a guess"
    job.done = 50
    assert job.rate(job.started_s + 10) == pytest.approx(5)
    assert job.eta_s(job.started_s + 10) == pytest.approx(10)
    go.set()
    job.outcome.result(PATIENCE_S)
    assert job.eta_s(job.started_s + 10) is None


def test_stop_ends_the_running_job_at_its_next_progress_call():
    jobs, reached = Jobs(), threading.Event()

    def endless(job: Job) -> None:
        while not job.stopped():
            reached.set()

    job = jobs.submit("a", endless)
    assert reached.wait(PATIENCE_S)
    jobs.stop()
    assert isinstance(job.outcome.exception(0), Stopping)


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs(jobs: Jobs):
    reached, ran = threading.Event(), threading.Event()

    def endless(job: Job) -> None:
        job.offer("half")
        while not job.stopped():
            reached.set()

    running, waiting = jobs.submit("a", endless), jobs.submit("b", lambda _: ran.set())
    assert reached.wait(PATIENCE_S)
    assert running.partial == "half"
    jobs.cancel(waiting)
    assert waiting.state == "cancelled"
    jobs.cancel(running)
    assert jobs.submit("a", lambda _: "anew").outcome.result(PATIENCE_S) == "anew", "nobody joins a cancelled job"
    assert isinstance(running.outcome.exception(0), Cancelled)
    assert (running.state, running.partial, ran.is_set()) == ("cancelled", None, False)
    jobs.cancel(running)
    done = jobs.submit("c", lambda _: 1)
    done.outcome.result(PATIENCE_S)
    jobs.cancel(done)
    assert done.state == "done"


def test_old_jobs_are_forgotten_new_ones_are_not(jobs: Jobs):
    every = [jobs.submit(str(number), lambda _: None) for number in range(250)]
    every[-1].outcome.result(PATIENCE_S)
    jobs.submit("last", lambda _: None)
    assert jobs.get(every[0].id) is None
    assert jobs.get(every[-1].id) is every[-1]
