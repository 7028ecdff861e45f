"""The candidate networks in torch: an anchor-free detector at stride 8 and a crop classifier."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

CLASSES: tuple[str, ...] = ("bolt", "nut", "washer", "gear", "bracket", "clip")
STRIDE = 8


@dataclass(frozen=True)
class Shape:
    """Widths of the four stages and the input size (width, height)."""

    widths: tuple[int, int, int, int]
    size: tuple[int, int]
    views: int = 1


SMALL = Shape((12, 24, 48, 64), (256, 192))
LARGE = Shape((20, 40, 72, 96), (384, 288), views=4)


class Conv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inside: int, outside: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inside, outside, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
        )


class Detector(nn.Module):
    """Backbone to stride 16, one lateral back to stride 8, and one head; gives raw maps."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        w0, w1, w2, w3 = shape.widths
        self.shape = shape
        self.fine = nn.Sequential(
            Conv(3, w0, stride=2),
            Conv(w0, w1, stride=2),
            Conv(w1, w1),
            Conv(w1, w2, stride=2),
            Conv(w2, w2),
            Conv(w2, w2),
        )
        self.coarse = nn.Sequential(Conv(w2, w3, stride=2), Conv(w3, w3), Conv(w3, w3), Conv(w3, w2, kernel=1))
        self.head = nn.Sequential(Conv(w2, w2), Conv(w2, w2))
        self.reach = nn.Conv2d(w2, 4, 1)
        self.score = nn.Conv2d(w2, len(CLASSES), 1)
        nn.init.constant_(self.reach.bias, 0.6)
        nn.init.constant_(self.score.bias, -4.0)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Log distances to the box sides (in strides) and class logits, both as maps."""
        fine = self.fine(image)
        wide = nn.functional.interpolate(self.coarse(fine), scale_factor=2.0, mode="nearest")
        top = self.head(fine + wide)
        return self.reach(top), self.score(top)


def grid(size: tuple[int, int]) -> Tensor:
    """Cell centres in input pixels, [1, 2, H*W]."""
    cols, rows = size[0] // STRIDE, size[1] // STRIDE
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(cols), indexing="ij")
    return ((torch.stack([x, y]).float() + 0.5) * STRIDE).reshape(1, 2, -1)


class Decoded(nn.Module):
    """A detector with its boxes decoded: one [1, 4 + classes, cells] tensor, as YOLOv8 exports it."""

    def __init__(self, net: Detector) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("centres", grid(net.shape.size))

    def maps(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Raw maps, averaged over mirrored views where the shape asks for it."""
        reach, score = self.net(image)
        if self.net.shape.views == 1:
            return reach, score
        for dims, order in (((3,), [2, 1, 0, 3]), ((2,), [0, 3, 2, 1]), ((2, 3), [2, 3, 0, 1])):
            seen_reach, seen_score = self.net(torch.flip(image, dims))
            reach = reach + torch.flip(torch.cat([seen_reach[:, i : i + 1] for i in order], 1), dims)
            score = score + torch.flip(seen_score, dims)
        return reach * 0.25, score * 0.25

    def forward(self, image: Tensor) -> Tensor:
        """Boxes as cx, cy, w, h in input pixels, then class scores."""
        reach, score = self.maps(image)
        # Only Exp, Mul, Sub and Concat here: the quantisers skip these and leave the boxes in float.
        sides = torch.exp(reach.flatten(2)) * STRIDE
        low, high = sides[:, :2], sides[:, 2:]
        centre = self.centres - (low - high) * 0.5
        return torch.cat([centre, low - high * -1.0, torch.sigmoid(score.flatten(2))], 1)


class Classifier(nn.Module):
    """Five convolutions and a mean; gives logits for a 64x64 crop."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 16, 32, 48, 64)
        self.body = nn.Sequential(*(Conv(a, b, stride=2) for a, b in pairwise(widths)), Conv(64, 64))
        self.out = nn.Linear(64, len(CLASSES))

    def forward(self, image: Tensor) -> Tensor:
        """Class logits."""
        return self.out(self.body(image).mean((2, 3)))


def fuse(block: Conv) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution with its batch norm folded in."""
    conv, norm = block[0], block[1]
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return (conv.weight * gain[:, None, None, None]).detach(), (norm.bias - norm.running_mean * gain).detach()
