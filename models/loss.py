"""Detector training loss: centre sampling, IoU-aware focal scores and generalised IoU boxes."""

from __future__ import annotations

import numpy as np
import torch
from nets import CLASSES, STRIDE
from torch import Tensor

RADIUS = 11.0


def assign(boxes: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Label (or -1) and box of each cell; where boxes meet, the nearest centre wins."""
    label = np.full(len(centres), -1, np.int64)
    target = np.zeros((len(centres), 4), np.float32)
    if not len(boxes):
        return label, target
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.abs(centres[:, None] - middle[None]).max(axis=2)
    inside = (centres[:, None] > boxes[None, :, :2] + 1).all(2) & (centres[:, None] < boxes[None, :, 2:] - 1).all(2)
    away = np.where(inside & (away < RADIUS), away, np.inf)
    best = away.argmin(axis=1)
    hit = np.isfinite(away[np.arange(len(centres)), best])
    label[hit] = labels[best[hit]]
    target[hit] = boxes[best[hit]]
    return label, target


def giou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU of matching x1, y1, x2, y2 rows."""
    overlap = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - overlap + 1e-6
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1) + 1e-6
    iou = overlap / union
    return iou, iou - (hull - union) / hull


def detection_loss(reach: Tensor, score: Tensor, label: Tensor, target: Tensor, centres: Tensor) -> Tensor:
    """Mean loss per positive cell; label [B, N], target [B, N, 4], centres [N, 2]."""
    sides = torch.exp(reach.flatten(2).clamp(max=4.0)).permute(0, 2, 1) * STRIDE
    logits = score.flatten(2).permute(0, 2, 1)
    hit = label >= 0
    points = centres.expand(label.shape[0], -1, -1)[hit]
    boxes = torch.cat([points - sides[hit][:, :2], points + sides[hit][:, 2:]], 1)
    iou, generalised = giou(boxes, target[hit])
    wanted = torch.zeros(*label.shape, len(CLASSES))
    wanted[hit] = torch.nn.functional.one_hot(label[hit], len(CLASSES)) * (0.4 + 0.6 * iou.detach())[:, None]
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    focus = (wanted - torch.sigmoid(logits).detach()).abs() ** 2
    count = max(int(hit.sum()), 1)
    return (4.0 * (focus * bce).sum() + 2.0 * (1 - generalised).sum()) / count
