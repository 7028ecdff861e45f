"""An evaluation at a terminal: risk, weak class and next step first; causes before consequences; averages last."""

import io
from typing import Any

import msgspec
import pytest
from rich.console import Console

import explained
import specimens
from readiness.evidence.evaluation import Confused, Evaluation
from readiness.evidence.weakness import SliceScan
from readiness.waiver import Waiver
from readiness_coordinator.evaluate import phrases, summary

LONG = "a_class_name_that_somebody_made_of_every_attribute_that_the_object_had_when_it_was_labelled"


def printed(made: Evaluation, *, width: int = 100, every: bool = False, **look: Any) -> str:
    out = io.StringIO()
    report = explained.reported(made, every=every)
    summary.show(Console(file=out, width=width, **look), made, report, every=every)
    return out.getvalue()


def rows(said: str) -> list[str]:
    """The lines of the table of classes."""
    lines = said.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("class ") and line.endswith("verdict"))
    return [line for line in lines[start + 1 : lines.index("", start)] if not line.startswith("and ")]


def test_the_headline_comes_first_and_averages_after_every_finding():
    made = explained.evaluation()
    said = printed(made)
    assert said.splitlines()[:3] == list(explained.reported(made)["headline"]["lines"])
    assert said.index("class-recall-below-floor") < said.index("Averages, which judge nothing: ap 0.9000 (0.850 to")
    assert said.index("Averages") < said.index("Note: the dataset has no splits.")


def test_classes_that_fail_stand_before_those_not_proven_and_those_that_pass():
    made = explained.evaluation(
        classes=(
            specimens.class_result("fine"),
            explained.failing("thin", 1, 2),
            explained.failing("bad", 100, 350),
            explained.failing("worse", 50, 350),
            specimens.class_result("unseen", objects=0, recall=specimens.rate(0, 0)),
        )
    )
    assert [row.split()[0] for row in rows(printed(made))] == ["worse", "bad", "thin", "fine", "unseen"]
    assert [row.rsplit("  ", 1)[1] for row in rows(printed(made))] == [
        "below floor",
        "below floor",
        "not proven",
        "meets floor",
        "no objects",
    ]
    assert explained.reported(made)["weak_classes"] == ["worse", "bad", "thin"]


def test_a_class_without_an_object_that_is_answered_all_the_same_fails():
    false = specimens.class_result("ghost", objects=0, recall=specimens.rate(0, 0), precision=specimens.rate(0, 27))
    made = explained.evaluation(classes=(specimens.class_result("nut"), false))
    assert rows(printed(made))[0].split() == ["ghost", "0", "none", "0.00", "(0.00", "to", "0.11)", "below", "floor"]


def test_a_critical_class_without_an_object_comes_first():
    unseen = specimens.class_result("unseen", objects=0, recall=specimens.rate(0, 0))
    made = explained.evaluation(classes=(explained.failing("bad", 10, 350), unseen))
    report = explained.reported(made, specimens.policy(critical=("unseen",)))
    assert [one["name"] for one in report["classes"]] == ["unseen", "bad"]
    assert report["classes"][0]["critical"]


def test_eighty_classes_stay_readable():
    made = explained.evaluation(classes=explained.many())
    said, whole = printed(made), printed(made, every=True)
    assert (len(rows(said)), len(rows(whole))) == (15, 80)
    assert rows(said)[0].split()[:2] == ["class", "79"]
    assert "and 65 more classes: 37 below floor, 14 not proven, 14 meets floor; --all shows them" in said
    assert said.count("\n") < 90
    assert max(map(len, said.splitlines()[3:])) <= 100


@pytest.mark.parametrize("width", [48, 69, 80, 200])
def test_lines_fit_and_a_name_stays_whole(width: int):
    made = explained.evaluation(classes=(explained.failing(LONG, 10, 350), specimens.class_result("nut")))
    said = printed(made, width=width)
    assert f"\n{LONG}\n" in said or width == 200
    for line in said.splitlines()[3:]:
        assert len(line) <= min(width, 100) or LONG in line
        assert line == line.rstrip()


def test_names_cannot_command_the_terminal():
    bad = "bolt\x1b[31m\u202etxt"
    made = explained.evaluation(
        classes=(explained.failing(bad, 10, 350), specimens.class_result("nut")),
        confusion=(Confused(truth=bad, answer="nut", count=40),),
        caveats=(f"odd {bad}",),
    )
    said = printed(made)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "bolt\\x1b[31m\\u202etxt answered as nut 40 of 350" in said


def test_a_file_or_a_pipe_gets_no_colours_and_a_terminal_does():
    assert "\x1b" not in printed(explained.evaluation())
    assert "\x1b[31m" in printed(explained.evaluation(), force_terminal=True, color_system="standard")


def test_what_follows_from_misplaced_boxes_is_told_behind_them_in_one_line():
    made = explained.evaluation(
        classes=(explained.failing("bolt", 50, 350), explained.failing("nut", 60, 350)),
        misplaced=specimens.rate(500, 600),
    )
    said = printed(made)
    assert (
        "follows  class-recall-below-floor\n         2, probably from boxes-misplaced; mend that first: bolt, nut.\n"
    ) in said
    assert said.index("retrain  boxes-misplaced") < said.index("follows")
    assert "retrain  class-recall-below-floor" not in said
    assert "retrain  class-recall-below-floor" in printed(made, every=True)


def test_an_accepted_cause_hides_nothing():
    made = explained.evaluation(classes=(explained.failing("bolt", 50, 350),), misplaced=specimens.rate(500, 600))
    waiver = Waiver(code="boxes-misplaced", reason="known", by="ann", until="2027-01-31T00:00:00Z")
    report = explained.reported(made, specimens.policy(waivers=(waiver,)))
    out = io.StringIO()
    summary.show(Console(file=out, width=100), made, report, every=False)
    assert "follows" not in out.getvalue()
    assert "This is a waiver of the policy." in out.getvalue()


def test_findings_of_one_code_stand_together():
    classes = tuple(
        specimens.class_result(f"c{i}", recall=specimens.rate(200 - i, 350), precision=specimens.rate(199 - i, 350))
        for i in range(0, 8, 2)
    )
    said = printed(explained.evaluation(classes=classes))
    for code in ("class-recall-below-floor", "class-precision-below-floor"):
        assert said.count(f"retrain  {code}\n") == 1


def test_why_is_said_in_sentences():
    said = " ".join(printed(explained.evaluation()).split())
    for sentence in (
        "Weak slice: bolt, dark images: recall 0.52 (0.40 to 0.63, n 58), elsewhere 0.95",
        "1 of 212 slices searched.",
        "Errors (what AP would gain without them): 30 missed (+0.100), 60 nothing there (+0.020).",
        "Mixed up: bolt answered as nut 50 of 350.",
        "Threshold: 0.55 (0.50 to 0.60 on other samples) gives the best F1; 0.4 is deployed.",
        "On new images recall 0.94 would be 0.86, precision 0.82 would be 0.97.",
        "Scores: off by 0.12 on average (0.08 to 0.17), n 80; too sure by 0.12 on the whole.",
        "Corrupted images: 70% of the AP50 of 0.97 is left on average; worst: fog.",
    ):
        assert sentence in said


def test_a_threshold_within_its_band_is_left_where_it_is():
    made = explained.evaluation(thresholds=explained.thresholds(deployed=0.52))
    assert phrases.threshold(made) == [
        "Threshold: 0.52 is deployed and lies within the band for the best F1: 0.55 (0.50 to 0.60 on other samples)."
    ]


def test_no_threshold_may_be_had_and_it_says_why():
    none = explained.thresholds()
    overall = msgspec.structs.replace(none.overall, value=None, low=None, high=None, because="too few objects")
    made = explained.evaluation(thresholds=msgspec.structs.replace(none, overall=overall))
    assert phrases.threshold(made) == ["Threshold: none gives the best F1: too few objects; 0.4 is deployed."]


def test_few_mix_ups_are_not_worth_naming():
    pairs = [("bolt", "nut", 2), ("nut", "bolt", 16), ("nut", "background", 90)]
    confusion = tuple(Confused(truth=a, answer=b, count=n) for a, b, n in pairs)
    made = explained.evaluation(confusion=confusion)
    assert phrases.mixed_up(made) == []
    confusion = (*confusion, Confused(truth="bolt", answer="screw", count=18))
    assert [one[:3] for one in phrases.mixed_up(explained.evaluation(confusion=confusion))] == [("bolt", "screw", 18)]


def test_a_search_that_found_nothing_says_how_much_it_searched():
    scan = SliceScan(tested=90, level=0.05, method="BH", least_objects=20, least_effect=0.1)
    assert phrases.weak_slices(explained.evaluation(slice_scan=scan), every=False) == [
        "Weak slices: none of 90 slices searched is proven worse than the rest of its class."
    ]


def test_what_was_not_measured_is_not_said():
    said = printed(explained.bare())
    for word in ("Weak slice", "Threshold", "Scores", "Corrupted", "Mixed up", "Errors"):
        assert word not in said
    assert "None" not in said


def test_another_model_is_compared_regressions_first():
    made, out = explained.evaluation(), io.StringIO()
    report = explained.reported(made, compare=explained.comparison())
    summary.show(Console(file=out, width=100), made, report, every=False)
    assert "small against large on 'test': worse overall" in out.getvalue()
    assert "\n  worse: 'bolt' recall 0.900 to 0.600 (-0.350 to -0.250)" in out.getvalue()
