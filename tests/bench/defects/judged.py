"""Scans clean and bent sets as the product does, and compares what was found with what was planted."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.defects import scenes, writers
from bench.defects.drafts import Draft
from bench.defects.shelf import Mutator, Spot
from readiness import catalogue
from readiness.evidence.dataset import Dataset, Item
from readiness.finding import Finding
from readiness.measures.features import Features, Matrix
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator import formats, profiles
from readiness_coordinator.evaluate import prediction_files, predictions
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import HERE
from readiness_coordinator.scan.seen import Options

Align = Callable[[Features, Features], Matrix | None]
AT = "2026-11-23T12:00:00Z"


@dataclass
class Result:
    """What came of one mutator on one clean set with one seed.

    `extra` are items of its code that name nothing planted, `alarms` codes that have nothing to do with it,
    `followed` those that rightly spoke up as well.
    """

    mutator: Mutator
    planted: int
    missed: list[str]
    extra: list[str]
    alarms: list[str]
    followed: set[str]


class Studio:
    """The clean sets of any seed, drawn once, and a desk on which bent ones are written and scanned.

    The scans share a cache: most of a bent set's images are links to those of the clean one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._count = 0
        self._drafts: dict[tuple[str, int], Draft] = {}
        self.policy: Policy = profiles.load_policy(profiles.DEFAULT_POLICY)
        self.checks = catalogue.load()

    def clean(self, task: str, kind: str, seed: int) -> Draft:
        """Give a fresh draft of the clean set; what stands in it may be bent."""
        draw = scenes.portraits if task == "classification" else scenes.objects
        if (draw.__name__, seed) not in self._drafts:
            pool = self._folder()
            self._drafts[draw.__name__, seed] = draw(seed, pool)
        drawn = self._drafts[draw.__name__, seed]
        return replace(deepcopy(drawn), task=task, kind=kind, scratch=self._folder())

    def scanned(self, draft: Draft, asked: dict[str, Any]) -> tuple[Dataset, list[Finding]]:
        """Write the draft, scan it, judge it under the standard policy, and take it away again."""
        root = writers.write(draft, self._folder() / "set")
        try:
            return self._judged(draft, root, **asked)
        finally:
            writers.clear(root)

    def _judged(
        self,
        draft: Draft,
        root: Path,
        *,
        input_px: int | None = None,
        group: str | None = None,
        stop_after: int | None = None,
    ) -> tuple[Dataset, list[Finding]]:
        labelled = formats.open_dataset(root, task=draft.task)
        options = Options(input_px=input_px, group=re.compile(group) if group else None)
        if draft.answers:
            columns = prediction_files.read(writers.write_answers(draft, root.parent), labelled)
            answers = predictions.on_pictures(columns, labelled)
            options = options._replace(answers=answers, predictions=columns.digest)
        done = [0]
        running = HERE._replace(
            cache=self.root / "cache",
            progress=lambda seen, total, reused: done.append(seen),
            stop=lambda: stop_after is not None and done[-1] >= stop_after,
        )
        dataset = scan(labelled, observed_at=AT, options=options, running=running)
        report = dataset_report.build(dataset, self.checks, self.policy, AT, profile=self._target(input_px))
        return dataset, report["findings"]

    def _target(self, input_px: int | None) -> Profile | None:
        gateway = profiles.load_profile("x86-gateway")
        return None if input_px is None else msgspec.structs.replace(gateway, input_px=input_px)

    def _folder(self) -> Path:
        self._count += 1
        folder = self.root / f"{self._count:05d}"
        folder.mkdir(parents=True)
        return folder


def planted(studio: Studio, mutator: Mutator, task: str, kind: str, seed: int) -> Result:
    """Bend one clean set with one mutator, scan it, and compare."""
    draft = studio.clean(task, kind, seed)
    spots = list(mutator.plant(draft, np.random.default_rng([seed, *mutator.name.encode()])))
    assert spots, f"{mutator.name} planted nothing"
    dataset, findings = studio.scanned(draft, mutator.asked)
    mine = [one for one in findings if one.code == mutator.code and one.outcome == "found"]
    items = list(_named(dataset, mine)) if mine else []
    wanted = [_names(draft, spot) for spot in spots]
    missed = [str(want) for want in wanted if not any(_says(one, *want) for one in items)]
    touched = set().union(*(want[0] for want in wanted))
    extra = [
        str(one)
        for one in items
        if not mutator.whole and touched.isdisjoint(one.images) and not any(_says(one, *want) for want in wanted)
    ]
    allowed = {mutator.code, *mutator.follows}
    alarms = sorted({f"{one.code} ({one.outcome}): {one.because}" for one in findings if one.code not in allowed})
    followed = {one.code for one in findings} & set(mutator.follows)
    return Result(mutator, len(spots), missed, extra, alarms, followed)


def _named(dataset: Dataset, findings: list[Finding]) -> Iterator[Item]:
    """Give what a code lists, or, of a code that counts, what its findings are about."""
    listing = dataset.listed(findings[0].code)
    if listing is not None and listing.items:
        yield from listing.items
        return
    for one in findings:
        kind, name = (one.subject.kind, one.subject.name) if one.subject else ("", "")
        classes = (name,) if kind == "class" else ()
        splits = tuple(name.split(" + ")) if kind == "split" else ()
        yield Item(images=one.images, detail=one.because, classes=classes, splits=splits)


def _names(draft: Draft, spot: Spot) -> tuple[set[str], set[str], set[str], list[str]]:
    images = {writers.place(draft, shot) for shot in spot.shots}
    return images, set(spot.classes), set(spot.splits), list(spot.words)


def _says(item: Item, images: set[str], classes: set[str], splits: set[str], words: list[str]) -> bool:
    sets = ((images, item.images), (classes, item.classes), (splits, item.splits))
    return all(part <= set(whole) for part, whole in sets) and all(word in item.detail for word in words)


def remembered(align: Align) -> Align:
    """Give the same function, which works each pair out once: the pictures of a pool meet in every set made of it."""
    known: dict[tuple[int, int], Matrix | None] = {}

    def aligned(first: Features, second: Features) -> Matrix | None:
        pair = (_key(first), _key(second))
        if pair not in known:
            known[pair] = align(first, second)
        return known[pair]

    return aligned


def _key(one: Features) -> int:
    return hash((one.points.tobytes(), one.descriptors.tobytes()))
