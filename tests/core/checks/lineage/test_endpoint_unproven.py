"""endpoint-unproven: an endpoint's model is named by its address, so that it is watched at best."""

import msgspec

import specimens
from asking import ask_one
from readiness import catalogue, verdict
from readiness.evidence.benchmark import Calls, Memory
from readiness.profile import Budget, Profile
from specimens import model

CODE = "endpoint-unproven"


def test_clear_of_a_file() -> None:
    assert ask_one(CODE).outcome == "clear"


def test_found_of_an_endpoint() -> None:
    finding = ask_one(CODE, model=model(format="http", size_mib=None))
    assert finding.outcome == "found"
    assert finding.because == "the model is named by its endpoint's address and metadata, not by its bytes"


def test_unknown_without_a_model() -> None:
    assert ask_one(CODE, model=None).unknown == "missing"


def test_a_good_endpoint_is_watched_at_best() -> None:
    called = specimens.benchmark(
        runtime="http", memory_mib=Memory(), calls=Calls(failed=specimens.rate(0, 1500)), device=specimens.device()
    )
    api = Profile(
        name="api", title="API", kind="api", boards=("api",), runtimes=("http",), budget=Budget(p95_ms=1000.0)
    )
    good = specimens.dossier(model=model(format="http", size_mib=None), benchmark=called, profile=api)
    reached = verdict.reach(good, catalogue.load())
    assert reached.state == "monitor_required"
    assert [finding.code for finding in reached.findings if finding.effect] == [CODE]
    on_a_board = verdict.reach(msgspec.structs.replace(good, profile=specimens.profile()), catalogue.load())
    assert on_a_board.state == "blocked"
