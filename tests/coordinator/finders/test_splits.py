"""How a dataset is split: folders that nothing declares, and one that is declared for two splits."""

from drawn_labels import details, faulty, labelled, picture
from readiness_coordinator.formats.labelled import Fault
from readiness_coordinator.scan.finders import duplicates, labels, splits
from readiness_coordinator.scan.seen import Seen


def shared(twice: dict[str, tuple[str, ...]], **own: str) -> list[str]:
    pictures = [picture(f"{name}.jpg", [], split=split) for name, split in own.items()]
    said = labelled(pictures, listed_twice=tuple((f"{name}.jpg", splits) for name, splits in twice.items()))
    return details(duplicates.find(Seen(said, {}, {}, ()))["images-shared-across-splits"])


def test_undeclared_folders_have_a_listing_of_their_own():
    fault = Fault("valid", "holds 6 images, and no split names it", "split-undeclared")
    assert details(faulty(splits.find, [fault])["split-undeclared"]) == ["valid: holds 6 images, and no split names it"]
    assert faulty(labels.find, [fault])["annotation-unusable"].total == 0
    assert faulty(splits.find, [])["split-undeclared"].total == 0


def test_two_splits_that_are_one_are_said_to_be():
    same = "'train' and 'val' name the same images, one folder or list for both"
    both = ("train", "val")
    assert shared({"a": both, "b": both}, a="train", b="train", c="test") == [same, same]
    listed = "listed in both splits"
    assert shared({"a": both, "b": both}, a="train", b="train", c="train") == [listed, listed]
    assert shared({"a": both, "b": both}, a="train", b="train", c="val") == [listed, listed]
