"""Cards: found in their three places, read strictly, and refused where no model can mean what they say."""

from pathlib import Path

import pytest

from readiness.exits import Stop
from readiness.strict import BadFile
from readiness_agent.inference import cards

CARDS = Path(__file__).resolve().parents[1] / "cards"
GOOD = (
    'task = "detection"\nconfidence = 0.3\nclasses = ["bolt", "nut"]\n'
    '[input]\nsize = [64, 48]\n[output]\ndecoder = "yolo"\n'
)


def card(folder: Path, text: str = GOOD, name: str = "parts") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.card.toml"
    path.write_text(text)
    return path


def test_given_beside_shelf_in_this_order(tmp_path: Path) -> None:
    model = tmp_path / "models" / "parts.onnx"
    assert cards.find(model) is None
    shelved = card(tmp_path / "shelf")
    assert cards.find(model, shelf=tmp_path / "shelf") == shelved
    beside = card(tmp_path / "models")
    assert cards.find(model, shelf=tmp_path / "shelf") == beside
    given = card(tmp_path / "mine")
    assert cards.find(model, given, tmp_path / "shelf") == given
    assert cards.find(model, tmp_path / "mine", tmp_path / "shelf") == given


def test_cards_kept_in_the_project_come_last_and_must_be_one(tmp_path: Path) -> None:
    model, project = tmp_path / "models" / "parts.onnx", tmp_path / "project"
    (project / "line").mkdir(parents=True)
    kept = card(project / "line" / "cards")
    assert cards.find(model, project=project) == kept
    shelved = card(tmp_path / "shelf")
    assert cards.find(model, shelf=tmp_path / "shelf", project=project) == shelved
    card(project / "cards")
    with pytest.raises(Stop, match="both fit; name the card with --card"):
        cards.find(model, project=project)


def test_a_card_given_by_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"none\.card\.toml: no such card"):
        cards.find(tmp_path / "parts.onnx", tmp_path / "none.card.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('task = "detection"\n', "", "missing key 'task'|missing key `task`"),
        ("confidence", "confidense", "confid"),
        ("confidence = 0.3", "confidence = 3.0", "'confidence' lies between 0 and 1"),
        ("size = [64, 48]", "size = [0, 48]", "'input.size' must be above 0"),
        ("size = [64, 48]", "size = [64, 48]\nstd = [0.0]", "'input.std'"),
        ("size = [64, 48]", "size = [64, 48]\nmean = [1.0, 2.0]", "'input.mean' needs 1 or 3 values"),
        ("size = [64, 48]", "size = [64, 48]\nresise = 'crop'", "unknown key 'input.resise'"),
        ("size = [64, 48]", "size = [64, 48]\nscale = nan", "'input.scale' is no number"),
        ("size = [64, 48]", "size = [64, 48]\nmean = [inf]", "'input.mean' is no number"),
        ('["bolt", "nut"]', "[]", "'classes' is empty"),
        ("[input]", "[input", "not valid TOML"),
    ],
)
def test_a_card_at_fault_names_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = card(tmp_path, GOOD.replace(old, new))
    with pytest.raises(BadFile, match=said) as error:
        cards.read(path)
    assert str(error.value).startswith(str(path))


def test_every_card_of_the_real_models_reads() -> None:
    paths = sorted(CARDS.glob("*.card.toml"))
    assert len(paths) == 15
    assert all(cards.read(path).classes for path in paths)
