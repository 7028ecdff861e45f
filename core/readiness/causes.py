"""Which found problems are probably nothing but the consequence of another one, so that the cause is told first."""

from collections.abc import Iterable

from readiness.finding import Finding

_RECALL = frozenset({"class-recall-below-floor", "slice-recall-below-floor", "slice-weak", "class-never-predicted"})
_RATES = _RECALL | {"class-precision-below-floor"}
# The worst cause stands first: a consequence is told of one cause alone.
_CONSEQUENCES: dict[str, frozenset[str]] = {
    "truth-crowds-only": frozenset({"evaluation-empty", "class-unmeasured", "class-answered-absent", *_RATES}),
    "evaluation-empty": frozenset({"class-unmeasured", "critical-unmeasured"}),
    "image-ids-mismatch": _RATES | {"boxes-misplaced", "class-ids-mismatch"},
    "class-ids-mismatch": _RATES | {"classes-foreign", "class-answered-absent", "class-confused", "class-not-in-head"},
    "boxes-misplaced": _RATES - {"class-never-predicted"},
    "evaluation-images-dropped": _RECALL,
    "class-not-in-head": frozenset({"class-never-predicted"}),
    "predictions-cut-over-threshold": _RECALL,
}


def causes(findings: Iterable[Finding]) -> dict[str, str]:
    """Give for each found code that probably follows from another found one the code of that cause.

    A cause that follows from another one itself gives its own consequences on to it. States are not touched: a
    consequence holds a model back as before, it is only told where it comes from.
    """
    found = {one.code for one in findings if one.outcome == "found" and one.waived is None}
    held: dict[str, str] = {}
    for cause, codes in _CONSEQUENCES.items():
        if cause in found:
            held |= {code: held.get(cause, cause) for code in codes & found if code not in held}
    return held
