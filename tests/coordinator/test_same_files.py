"""Copies of one picture are one sample, whatever they are called."""

from pathlib import Path

import numpy as np

from readiness_coordinator.evaluate import same_files
from readiness_coordinator.evaluate.same_files import SameFiles
from readiness_coordinator.formats import Picture
from truths import columns, evaluated, labelled

BOX = (10.0, 10.0, 40.0, 40.0)


def test_a_class_is_no_surer_for_copies_of_its_pictures(tmp_path: Path) -> None:
    said = columns([(f"{i}.jpg", 0, BOX, 0.9) for i in range(40)])
    bounds = []
    for name in ("copies", "others"):
        (tmp_path / name).mkdir()
        whole = labelled([[(0, BOX, False)]] * 40)
        for picture in whole.pictures:
            (tmp_path / name / picture.name).write_bytes(b"same" if name == "copies" else picture.name.encode())
        files = [tmp_path / name / picture.name for picture in whole.pictures]
        pictures = tuple(
            Picture(name=one.name, file=file, split="test", key=one.key, annotations=one.annotations)
            for one, file in zip(whole.pictures, files, strict=True)
        )
        recall = evaluated(labelled([], pictures=pictures), said).classes[0].recall
        bounds.append((recall.n, recall.n_effective, recall.lower))
    (copies, worth, lower), (others, all_, higher) = bounds
    assert (copies, others, all_) == (40, 40, 40)
    assert worth == 1
    assert lower < 0.06
    assert higher > 0.9


def test_clusters_keep_their_members_and_are_numbered_from_zero() -> None:
    cluster = np.array([0, 1, 1, 2, 3])
    assert same_files.joined(cluster, SameFiles(((0, 3),), 5)).tolist() == [0, 1, 1, 0, 2]
    assert same_files.joined(cluster, SameFiles()).tolist() == [0, 1, 1, 2, 3]
