"""Trains every candidate on a scene written by fixtures/scene.py; `--evaluate` exports and measures them."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from data import Sample, crops, load_crops, load_split, reframe, relight, weights
from loss import assign, detection_loss
from nets import CLASSES, LARGE, SMALL, Classifier, Detector, Shape, grid

LOG = logging.getLogger("train")
BATCH = 16


@dataclass(frozen=True)
class Plan:
    """How one detector is trained."""

    name: str
    shape: Shape
    epochs: int
    lights: tuple[str, ...]
    boost: bool
    draws: int
    # Of the pictures with the rare class, every n-th is used.
    rare_every: int = 1


PLANS = (
    Plan("parts-small", SMALL, 52, ("well_lit", "dim", "dark", "glare"), boost=True, draws=1200),
    Plan("parts-daylight", SMALL, 28, ("well_lit",), boost=False, draws=600, rare_every=6),
    Plan("parts-large", LARGE, 11, ("well_lit", "dim", "dark", "glare"), boost=True, draws=1200),
)


def make_batch(chosen: list[Sample], plan: Plan, centres: np.ndarray, rng: np.random.Generator) -> list[torch.Tensor]:
    """Images, cell labels and cell boxes."""
    images, labels, targets = [], [], []
    for sample in chosen:
        image, boxes, classes = reframe(sample, plan.shape.size, rng)
        images.append(relight(image, rng) if plan.boost else image)
        label, target = assign(boxes, classes, centres)
        labels.append(label)
        targets.append(target)
    pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255.0
    return [pixels, torch.from_numpy(np.stack(labels)), torch.from_numpy(np.stack(targets))]


class Course:
    """A detector, its optimiser and schedule, resumable after each epoch."""

    def __init__(self, plan: Plan, work: Path) -> None:
        torch.manual_seed(1)
        self.plan, self.path = plan, work / f"{plan.name}.pt"
        self.net = Detector(plan.shape).to(memory_format=torch.channels_last)
        self.steps = plan.epochs * (plan.draws // BATCH)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=1e-3, weight_decay=1e-3)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, 5e-3, total_steps=self.steps + 1, pct_start=0.15
        )
        self.epoch = 0

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        if self.path.exists():
            state = torch.load(self.path, weights_only=True)
            self.net.load_state_dict(state["net"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.schedule.load_state_dict(state["schedule"])
            self.epoch = state["epoch"]

    def save(self) -> None:
        """Checkpoint."""
        parts = {"net": self.net, "optimiser": self.optimiser, "schedule": self.schedule}
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({**state, "epoch": self.epoch}, self.path)

    def step(self, batch: list[torch.Tensor], centres: torch.Tensor) -> float:
        """One update."""
        reach, score = self.net(batch[0].contiguous(memory_format=torch.channels_last))
        loss = detection_loss(reach, score, batch[1], batch[2], centres)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimiser.step()
        self.schedule.step()
        return float(loss.detach())


def pick(plan: Plan, samples: list[Sample]) -> list[Sample]:
    """The pictures that a plan may learn from."""
    lit = [sample for sample in samples if sample.light in plan.lights]
    rare = [sample for sample in lit if (sample.labels == CLASSES.index("clip")).any()]
    dropped = {id(sample) for i, sample in enumerate(rare) if i % plan.rare_every}
    return [sample for sample in lit if id(sample) not in dropped]


def train_detector(plan: Plan, samples: list[Sample], work: Path) -> None:
    """All epochs of one plan."""
    course = Course(plan, work)
    course.resume()
    pool = pick(plan, samples)
    share = weights(pool, plan.boost)
    centres = grid(plan.shape.size)[0].T.contiguous()
    course.net.train()
    while course.epoch < plan.epochs:
        rng = np.random.default_rng([11, course.epoch])
        order = rng.choice(len(pool), plan.draws, p=share, replace=plan.draws > len(pool) or plan.boost)
        began, total = time.monotonic(), 0.0
        for at in range(0, plan.draws - BATCH + 1, BATCH):
            batch = make_batch([pool[i] for i in order[at : at + BATCH]], plan, centres.numpy(), rng)
            total += course.step(batch, centres)
        course.epoch += 1
        course.save()
        mean, spent = total / (plan.draws // BATCH), time.monotonic() - began
        LOG.info("%s epoch %d/%d loss %.3f, %.0f s", plan.name, course.epoch, plan.epochs, mean, spent)


def _turn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    turned = np.rot90(image, int(rng.integers(4)))
    return relight(np.ascontiguousarray(turned[:, ::-1] if rng.random() < 0.5 else turned), rng)


def train_classifier(root: Path, samples: list[Sample], work: Path, epochs: int = 8) -> None:
    """The crop classifier, on its own train split and on crops of the detection train split."""
    path = work / "parts-classifier.pt"
    if path.exists():
        return
    torch.manual_seed(1)
    rng = np.random.default_rng(12)
    own, more = load_crops(root, "train"), crops(samples, rng)
    images, labels = np.concatenate([own[0], more[0]]), np.concatenate([own[1], more[1]])
    share = 1.0 / np.bincount(labels)[labels]
    net, steps = Classifier(), epochs * 100
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps + 1)
    for step in range(steps):
        picks = rng.choice(len(labels), 64, p=share / share.sum())
        pixels = np.stack([_turn(images[i], rng) for i in picks])
        logits = net(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255.0)
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels[picks]), label_smoothing=0.05)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            LOG.info("parts-classifier step %d/%d loss %.3f", step + 1, steps, float(loss.detach()))
    torch.save({"net": net.state_dict()}, path)


def parse() -> argparse.Namespace:
    """The command line."""
    names = [plan.name for plan in PLANS] + ["parts-classifier"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder written by fixtures/scene.py")
    parser.add_argument("--out", type=Path, required=True, help="where model files and cards go")
    parser.add_argument("--work", type=Path, default=Path("train-work"), help="checkpoints")
    parser.add_argument("--only", choices=names, action="append", help="train just these")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--evaluate", action="store_true", help="only choose thresholds, measure, write cards")
    parser.add_argument("--export", action="store_true", help="export the checkpoints, then as --evaluate")
    return parser.parse_args()


def train_all(args: argparse.Namespace) -> None:
    """Every wanted candidate, resuming where a checkpoint exists."""
    samples = load_split(args.data, "train")
    for plan in PLANS:
        if not args.only or plan.name in args.only:
            train_detector(plan, samples, args.work)
    if not args.only or "parts-classifier" in args.only:
        train_classifier(args.data, samples, args.work)


def main() -> int:
    """Run as a script."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    args = parse()
    cv2.setNumThreads(1)
    if args.threads:
        torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    if not (args.evaluate or args.export):
        train_all(args)
    if not args.only:
        from cards import write_cards

        if not args.evaluate:
            from export import export_all

            export_all(args.data, args.work, args.out)
        write_cards(args.data, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
